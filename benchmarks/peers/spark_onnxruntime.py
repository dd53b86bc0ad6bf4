#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The chain of a good engineer on Spark: Pillow and ONNX Runtime in mapInArrow, features cached.

    spark_onnxruntime.py PHOTOGRAPHS NETWORK OUT [--size 128] [--components 200] [--cores 2]

NETWORK is an .onnx file of a network without its classifier. Writes features and components as
Parquet below OUT, and prints photographs a second of each step as JSON. Spark's own StandardScaler and
PCA reduce. benchmarks/spark_chain.py runs it beside pomona.spark.
"""

import argparse
import json
import time


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("photographs")
    parser.add_argument("network")
    parser.add_argument("out")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--components", type=int, default=200)
    parser.add_argument("--cores", type=int, default=2)
    return parser.parse_args()


def network_for(path: str, size: int) -> bytes:
    """The network, for photographs of this size."""
    import onnx

    model = onnx.load(path)
    for dim in model.graph.input[0].type.tensor_type.shape.dim[2:]:
        dim.dim_value = size
    del model.graph.value_info[:]
    return model.SerializeToString()


def featurizer_of(network: bytes, size: int, mean, scale):
    """What mapInArrow takes: path, label and content become path, label and features."""

    def featurize(batches):
        import io

        import numpy as np
        import onnxruntime
        import pyarrow as pa
        from PIL import Image

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(network, options, ["CPUExecutionProvider"])
        name = session.get_inputs()[0].name

        def pixels(content):
            with Image.open(io.BytesIO(content)) as image:
                image.draft("RGB", (size, size))
                small = image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
            return (np.asarray(small, np.float32) - mean) / scale

        for batch in batches:
            for first in range(0, len(batch), 32):
                part = batch.slice(first, 32)
                inputs = np.stack([pixels(one) for one in part["content"].to_pylist()])
                features = session.run(None, {name: inputs.transpose(0, 3, 1, 2)})[0]
                features = features.reshape(len(part), -1)
                offsets = np.arange(0, features.size + 1, features.shape[1], dtype=np.int32)
                lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(features.reshape(-1)))
                columns = [part["path"], part["label"], lists]
                yield pa.record_batch(columns, names=["path", "label", "features"])

    return featurize


def main() -> None:
    arguments = parse_arguments()
    from pyspark.ml.feature import PCA, StandardScaler
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F

    spark = (
        SparkSession.builder.master(f"local[{arguments.cores}]")
        .config("spark.driver.memory", "6g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "512")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    seconds = {}

    def lap(name, act):
        started = time.monotonic()
        found = act()
        seconds[name] = round(time.monotonic() - started, 1)
        return found

    read = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    photographs = read.option("pathGlobFilter", "*.jpg").load(arguments.photographs)
    photographs = photographs.select(
        "path", F.element_at(F.split("path", "/"), -2).alias("label"), "content"
    ).coalesce(4 * arguments.cores)  # each partition loads the network
    featurize = featurizer_of(
        network_for(arguments.network, arguments.size), arguments.size, 127.0, 128.0
    )
    features = photographs.mapInArrow(
        featurize, "path string, label string, features array<float>"
    ).cache()
    lap("features", lambda: features.write.mode("overwrite").parquet(f"{arguments.out}/features"))
    vectors = features.select("path", "label", array_to_vector("features").alias("features"))
    scaler = StandardScaler(inputCol="features", outputCol="scaled", withMean=True)
    scaled = lap("scaler", lambda: scaler.fit(vectors)).transform(vectors)
    pca = PCA(k=arguments.components, inputCol="scaled", outputCol="pca_features")
    reduced = lap("pca", lambda: pca.fit(scaled)).transform(scaled)
    columns = reduced.select("path", "label", "pca_features")
    lap("reduced", lambda: columns.write.mode("overwrite").parquet(f"{arguments.out}/reduced"))
    print(json.dumps({"photographs": features.count(), "seconds": seconds}))


if __name__ == "__main__":
    main()
