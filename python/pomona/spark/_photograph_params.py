# SPDX-License-Identifier: Apache-2.0
"""What the stages that read photographs have in common: limits of decoding, and how buckets are reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pyspark.ml.param import Param, Params, TypeConverters

from pomona.errors import PomonaError

# The options of `pomona` that these parameters set.
OF_FEATURIZER: Final = {
    "backbone": "backbone",
    "inputSize": "size",
    "precision": "precision",
    "fit": "fit",
    "crops": "crops",
    "batchSize": "batch",
    "models": "models",
}
_OF_PHOTOGRAPHS: Final = {
    "maxPixels": "max_pixels",
    "maxDecodeMemory": "max_decode_memory",
    "maxDecodeTime": "max_decode_time",
    "maxDamage": "max_damage",
    "s3Endpoint": "s3_endpoint",
    "regions": "regions",
    "requesterPays": "requester_pays",
    "signRequest": "sign_request",
}
_PARAMS: Final = {
    option: param
    for param, option in {
        **OF_FEATURIZER,
        **_OF_PHOTOGRAPHS,
        "handleInvalid": "handle_invalid",
    }.items()
}


@contextmanager
def naming_params() -> Iterator[None]:
    """Errors raised inside name the parameter of a stage instead of the option that it sets."""
    try:
        yield
    except PomonaError as error:
        name, colon, rest = str(error).partition(":")
        if name not in _PARAMS:
            raise
        raise type(error)(f"{_PARAMS[name]}{colon}{rest}") from None


class ReadsPhotographs(Params):
    """Parameters without defaults: what is not set is as the core has it, on each executor."""

    maxPixels: Param[int] = Param(
        Params._dummy(),
        "maxPixels",
        "photographs with more pixels fail; not set: 250,000,000",
        TypeConverters.toInt,
    )
    maxDecodeMemory: Param[int] = Param(
        Params._dummy(),
        "maxDecodeMemory",
        "photographs whose decoding takes more MiB fail; not set: 160",
        TypeConverters.toInt,
    )
    maxDecodeTime: Param[int] = Param(
        Params._dummy(),
        "maxDecodeTime",
        "photographs whose decoding takes more milliseconds fail; not set: 250",
        TypeConverters.toInt,
    )
    maxDamage: Param[float] = Param(
        Params._dummy(),
        "maxDamage",
        "share of a JPEG that may be lost; not set: 0",
        TypeConverters.toFloat,
    )
    s3Endpoint: Param[str] = Param(
        Params._dummy(),
        "s3Endpoint",
        "URL of a service other than AWS; not set: that of the executor's environment or profile",
        TypeConverters.toString,
    )
    regions: Param[list[str]] = Param(
        Params._dummy(),
        "regions",
        "regions that buckets may lie in; not set: those of the executor's POMONA_REGIONS",
        TypeConverters.toListString,
    )
    requesterPays: Param[bool] = Param(
        Params._dummy(),
        "requesterPays",
        "agree to pay for requests to buckets whose requester pays",
        TypeConverters.toBoolean,
    )
    signRequest: Param[bool] = Param(
        Params._dummy(),
        "signRequest",
        "false reads public buckets without credentials",
        TypeConverters.toBoolean,
    )

    def photograph_options(self) -> Any:
        """Those that are set, as the options `PhotographOptions`."""
        return self._options_of(_OF_PHOTOGRAPHS)

    def _options_of(self, options: dict[str, str]) -> dict[str, Any]:
        """Options of those of these parameters that are set or have a default."""
        return {
            option: self.getOrDefault(param)
            for param, option in options.items()
            if self.isDefined(self.getParam(param))
        }

    def setMaxPixels(self, value: int) -> Any:
        """Sets `maxPixels`."""
        return self._set(maxPixels=value)

    def getMaxPixels(self) -> int:
        """Gets `maxPixels`."""
        return self.getOrDefault(self.maxPixels)

    def setMaxDecodeMemory(self, value: int) -> Any:
        """Sets `maxDecodeMemory`."""
        return self._set(maxDecodeMemory=value)

    def getMaxDecodeMemory(self) -> int:
        """Gets `maxDecodeMemory`."""
        return self.getOrDefault(self.maxDecodeMemory)

    def setMaxDecodeTime(self, value: int) -> Any:
        """Sets `maxDecodeTime`."""
        return self._set(maxDecodeTime=value)

    def getMaxDecodeTime(self) -> int:
        """Gets `maxDecodeTime`."""
        return self.getOrDefault(self.maxDecodeTime)

    def setMaxDamage(self, value: float) -> Any:
        """Sets `maxDamage`."""
        return self._set(maxDamage=value)

    def getMaxDamage(self) -> float:
        """Gets `maxDamage`."""
        return self.getOrDefault(self.maxDamage)

    def setS3Endpoint(self, value: str) -> Any:
        """Sets `s3Endpoint`."""
        return self._set(s3Endpoint=value)

    def getS3Endpoint(self) -> str:
        """Gets `s3Endpoint`."""
        return self.getOrDefault(self.s3Endpoint)

    def setRegions(self, value: list[str]) -> Any:
        """Sets `regions`."""
        return self._set(regions=value)

    def getRegions(self) -> list[str]:
        """Gets `regions`."""
        return self.getOrDefault(self.regions)

    def setRequesterPays(self, value: bool) -> Any:
        """Sets `requesterPays`."""
        return self._set(requesterPays=value)

    def getRequesterPays(self) -> bool:
        """Gets `requesterPays`."""
        return self.getOrDefault(self.requesterPays)

    def setSignRequest(self, value: bool) -> Any:
        """Sets `signRequest`."""
        return self._set(signRequest=value)

    def getSignRequest(self) -> bool:
        """Gets `signRequest`."""
        return self.getOrDefault(self.signRequest)
