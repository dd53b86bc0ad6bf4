#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds a Keras network with random weights and exports it in every format Pomona imports.

    export_keras.py mobilenetv2 FOLDER

FOLDER gets saved_model/, network.tflite, network.onnx, ir/network.xml, pictures/*/*.png of exactly
the network's size, and expected.npz: what model.predict of the layer before the classifier, and of
the map before its pooling, answer to the pictures in the order of their paths, prepared by Keras's
own preprocess_input.

A network as Keras initialises it answers every picture with almost the same tiny numbers, and a
wrong import would pass. So the batch norm statistics are those of real activations, times random
factors, and its scale and shift are random.
"""

import argparse
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import openvino
import tensorflow as tf
from PIL import Image

# The application, its module, its side, the layer before the classifier and the map before that.
NETWORKS = {
    "mobilenetv2": ("MobileNetV2", "mobilenet_v2", 224, "global_average_pooling2d", "out_relu"),
    "inceptionv3": ("InceptionV3", "inception_v3", 299, "avg_pool", "mixed10"),
    "resnet50": ("ResNet50", "resnet50", 224, "avg_pool", "conv5_block3_out"),
}
CLASSES = 16
FOLDERS = ("plain", "striped")
PICTURES_PER_FOLDER = 4


def make_pictures(size, random):
    """Clouds of colour, half of them with stripes: (folder, name) → pixels."""
    pictures = {}
    for number in range(len(FOLDERS) * PICTURES_PER_FOLDER):
        folder = FOLDERS[number // PICTURES_PER_FOLDER]
        coarse = random.integers(0, 256, (5, 5, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC))
        grain = random.normal(0, 12, (size, size, 3))
        stripes = 60 * np.sin(np.arange(size) / (2 + number)) if folder == "striped" else 0
        pixels = smooth + grain + np.reshape(stripes, (1, -1, 1))
        pictures[(folder, f"{number}.png")] = np.clip(pixels, 0, 255).astype(np.uint8)
    return pictures


def spread_batch_norm(model, batch, random):
    """Gives batch norm random scales and shifts, and statistics that fit the activations."""
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in layers:
        layer.momentum = 0.0
        if layer.scale:
            layer.gamma.assign(random.uniform(0.8, 1.4, layer.gamma.shape))
        layer.beta.assign(random.normal(0, 0.3, layer.beta.shape))
    model(batch, training=True)
    for layer in layers:
        shape = layer.moving_mean.shape
        deviation = np.sqrt(np.asarray(layer.moving_variance))
        mean = np.asarray(layer.moving_mean) + random.normal(0, 0.2, shape) * deviation
        layer.moving_mean.assign(mean)
        layer.moving_variance.assign(
            np.asarray(layer.moving_variance) * random.uniform(0.7, 1.4, shape)
        )


def features_and_map(model, names, batch):
    outputs = [model.get_layer(name).output for name in names]
    return keras.Model(model.input, outputs).predict(batch, verbose=0)


def export(model, folder):
    saved = str(folder / "saved_model")
    model.export(saved, verbose=False)
    (folder / "network.tflite").write_bytes(
        tf.lite.TFLiteConverter.from_saved_model(saved).convert()
    )
    model.export(str(folder / "network.onnx"), format="onnx", verbose=False)
    (folder / "ir").mkdir()
    network = openvino.convert_model(saved)
    openvino.save_model(network, folder / "ir" / "network.xml", compress_to_fp16=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    application, module, size, *names = NETWORKS[arguments.network]
    random = np.random.default_rng(7)
    keras.utils.set_random_seed(7)
    model = getattr(keras.applications, application)(
        weights=None, input_shape=(size, size, 3), classes=CLASSES
    )
    pictures = make_pictures(size, random)
    for (folder, name), pixels in pictures.items():
        path = arguments.folder / "pictures" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    keys = sorted(pictures)
    pixels = np.stack([pictures[key] for key in keys]).astype(np.float32)
    batch = getattr(keras.applications, module).preprocess_input(pixels)
    spread_batch_norm(model, batch, random)
    features, feature_map = features_and_map(model, names, batch)
    np.savez(
        arguments.folder / "expected.npz",
        size=size,
        paths=["/".join(key) for key in keys],
        features=features,
        map=feature_map.mean(axis=(1, 2)),
    )
    export(model, arguments.folder)


if __name__ == "__main__":
    main()
