"""The nearest of many vectors: as the plain product says, whatever came, went and stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.derived.nearest import EXACT_ROWS, Held, codes
from index.embed import Vectors


def some(count: int, dimension: int = 70, seed: int = 3) -> Vectors:
    """Unit vectors around a few directions, so that there are neighbours."""
    draw = np.random.default_rng(seed)
    middles = draw.standard_normal((max(1, count // 50), dimension))
    made = middles[draw.integers(len(middles), size=count)]
    made = made + 0.7 * draw.standard_normal((count, dimension))
    unit: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


def held(matrix: Vectors, gone: np.ndarray | None = None) -> Held:  # type: ignore[type-arg]
    return Held(np.arange(len(matrix)) * 3 + 5, matrix, codes(matrix), gone)


def plain(where: Held, vector: Vectors, limit: int, keys: set[int]) -> list[int]:
    """The same by the book: every cosine, sorted."""
    scored = [
        (-float(np.einsum("ij,j->i", where.matrix[at : at + 1], vector)[0]), int(key))
        for at, key in enumerate(where.keys)
        if int(key) in keys
    ]
    return [key for _, key in sorted(scored)[:limit]]


@settings(deadline=None)
@given(
    st.integers(0, 40),
    st.integers(1, 12),
    st.sets(st.integers(0, 130)),
    st.none() | st.sets(st.integers(0, 39)),
)
def test_of_few_all_are_compared(
    count: int, limit: int, keys: set[int], gone: set[int] | None
) -> None:
    lost = None
    if gone is not None and any(at < count for at in gone):
        lost = np.isin(np.arange(count), list(gone))
    where = held(some(count), lost)
    vector = some(1, seed=9)[0]
    there = set(where.keys[~lost].tolist() if lost is not None else where.keys.tolist())
    assert len(where) == len(there)
    found = where.nearest(vector, limit, where.rows(None))
    assert [key for key, _ in found] == plain(where, vector, limit, there)
    wanted = np.array(sorted(keys), np.int64)
    within = where.nearest(vector, limit, where.rows(wanted))
    assert [key for key, _ in within] == plain(where, vector, limit, there & keys)


def test_of_many_the_likely_ones_are_compared_and_score_what_they_always_do() -> None:
    matrix = some(2 * EXACT_ROWS)
    where = held(matrix)
    for vector in matrix[:8] * np.float32(0.99):
        found = where.nearest(vector, 8, None)
        best = plain(where, vector, 8, set(where.keys.tolist()))
        assert len({key for key, _ in found} & set(best)) >= 7
        assert found[0][0] == best[0]
        for key, score in found:
            alone = held(matrix[(key - 5) // 3][np.newaxis])
            assert alone.nearest(vector, 1, None)[0][1] == score


def test_of_many_within_a_part_only_the_part_is_found() -> None:
    where = held(some(3 * EXACT_ROWS))
    part = where.keys[::2]
    found = where.nearest(where.matrix[1], 50, where.rows(part))
    assert len(found) == 50
    assert {key for key, _ in found} <= set(part.tolist())


def test_equal_vectors_come_oldest_first() -> None:
    one = some(1)
    where = held(np.repeat(one, 3 * EXACT_ROWS, axis=0))
    found = where.nearest(one[0], 5, None)
    assert [key for key, _ in found] == where.keys[:5].tolist()


@pytest.mark.parametrize("dimension", [1, 7, 64, 65, 384])
def test_opposite_and_equal_vectors_of_any_length_are_told_apart(dimension: int) -> None:
    one = np.ones((1, dimension), np.float32) / np.float32(np.sqrt(dimension))
    matrix = np.concatenate([np.repeat(-one, 2 * EXACT_ROWS, axis=0), one])
    assert held(matrix).nearest(one[0], 1, None)[0][0] == held(matrix).keys[-1]
