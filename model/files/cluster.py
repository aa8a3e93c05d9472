"""Scoring the Parquet files of a data set on a Dask cluster, as many partitions at a time as it has threads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import polars as pl
from dask.base import compute
from dask.distributed import Client

from model.predict.catalog import Catalog

from .dialect import Unusable
from .reader import Piece
from .scorer import Scorer
from .scoring import Counts


def score_dataset(name: str, folders: Sequence[Path], source: Path, target: Path, address: str) -> Counts:
    """Score every file of the folder or pattern source into the folder target, which is there whole or not at all."""
    if target.exists():
        raise Unusable(f"{target} is there already. Name a folder that is not")
    part = target.absolute().with_name(f".{target.name}.{os.getpid()}.part")
    with Client(address):
        try:
            counts = write_scored(name, tuple(folders), source.absolute(), part)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return counts


def write_scored(name: str, folders: tuple[Path, ...], source: Path, part: Path) -> Counts:
    rows = dd.read_parquet(source, index=False, dtype_backend="pyarrow")
    scored = rows.map_partitions(scored_partition, name, folders, meta=scored_partition(rows._meta, name, folders))
    # A file for each partition, named by its number: one that is written again replaces itself.
    scored.to_parquet(part, write_index=False)
    errors = dd.read_parquet(part, columns=[scored.columns[-1]], dtype_backend="pyarrow").iloc[:, 0]
    return Counts(*compute(errors.size, errors.count()))


def scored_partition(rows: Any, name: str, folders: tuple[Path, ...]) -> Any:
    """What score() makes of a table of pandas, wherever in the cluster it is."""
    frame = pl.from_pandas(rows)
    scorer = scorer_for(name, folders, tuple(frame.columns))
    added = scorer.score(Piece(frame, range(frame.height)), scorer.columns()).added
    return frame.hstack(added).to_pandas(use_pyarrow_extension_array=True)


@lru_cache
def scorer_for(name: str, folders: tuple[Path, ...], header: tuple[str, ...]) -> Scorer:
    return Scorer(Catalog(folders).predictor(name), header)
