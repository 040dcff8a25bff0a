"""Comparison of two records, field by field, as levels: 0 says that nothing is known, the others how alike they are."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

# Levels of text: 1–3 same text (rare, less rare, common), 4 same after spelling, 5/6 much shared (6: other numbers),
# 7 one inside the other, 8/9 some shared (9: other numbers), 10 little shared, 11 nothing shared.
TEXT_LEVELS = 12
NUMBER_LEVELS = 13  # 1 same and common, 2 same and rare, 3.. by distance, then half or double


@njit(cache=True, nogil=True)
def text_level(i, j, start, token, bits, is_number, whole, raw, whole_bits, mass_bits):
    """Level of two texts."""
    if whole[i] < 0 or whole[j] < 0:
        return 0
    if whole[i] == whole[j]:
        if raw[i] != raw[j]:
            return 4
        return 1 if whole_bits[i] >= 8.0 else (2 if whole_bits[i] >= 5.0 else 3)
    a, b = start[i], start[j]
    shared, left_number, right_number = 0.0, False, False
    while a < start[i + 1] or b < start[j + 1]:
        if b >= start[j + 1] or (a < start[i + 1] and token[a] < token[b]):
            left_number |= is_number[token[a]]
            a += 1
        elif a >= start[i + 1] or token[b] < token[a]:
            right_number |= is_number[token[b]]
            b += 1
        else:
            shared += bits[token[a]]
            a += 1
            b += 1
    if shared <= 0.0:
        return 11
    other = left_number and right_number
    if shared >= 0.6 * max(mass_bits[i], mass_bits[j]):
        return 6 if other else 5
    if shared >= 0.85 * min(mass_bits[i], mass_bits[j]):
        return 7
    if shared >= 0.3 * max(mass_bits[i], mass_bits[j]):
        return 9 if other else 8
    return 10


@njit(cache=True, nogil=True)
def text_levels(left, right, start, token, bits, is_number, whole, raw, whole_bits, mass_bits):
    """Levels of pairs of texts (P,)."""
    out = np.empty(len(left), np.uint8)
    for p in range(len(left)):
        out[p] = text_level(left[p], right[p], start, token, bits, is_number, whole, raw, whole_bits, mass_bits)
    return out


@njit(cache=True, nogil=True, inline="always")
def number_level(x, y, common, edges, halves):
    """Level of two numbers by their distance; of sizes the logarithms are given, and `halves` tells half and double apart."""
    d = abs(x - y)
    if math.isnan(d):
        return 0
    if d < 1e-9:
        return 1 if common else 2
    if halves and abs(d - 0.6931471805599453) < 0.02:
        return NUMBER_LEVELS - 1
    level = 3
    for e in edges:
        if d <= e:
            break
        level += 1
    return min(level, NUMBER_LEVELS - 2)


@njit(cache=True, nogil=True)
def number_levels(left, right, value, common, edges, halves):
    """Levels of pairs of numbers (P,)."""
    out = np.empty(len(left), np.uint8)
    for p in range(len(left)):
        i, j = left[p], right[p]
        out[p] = number_level(value[i], value[j], common[i] and common[j], edges, halves)
    return out


@njit(cache=True, nogil=True)
def distance_levels(left, right, latitude, longitude, edges_km):
    """Levels of pairs of places by distance on the sphere (P,)."""
    out = np.empty(len(left), np.uint8)
    for p in range(len(left)):
        i, j = left[p], right[p]
        a, b = latitude[i], latitude[j]
        if math.isnan(a) or math.isnan(b) or math.isnan(longitude[i]) or math.isnan(longitude[j]):
            out[p] = 0
            continue
        x = math.radians(longitude[i] - longitude[j]) * math.cos(math.radians(0.5 * (a + b)))
        d = 6371.0 * math.sqrt(x * x + math.radians(a - b) ** 2)
        level = 1
        for e in edges_km:
            if d > e:
                level += 1
        out[p] = level
    return out


@njit(cache=True, nogil=True)
def shared_words(left, right, start, flat, share, out_bits, out_count, out_number, out_rarest):
    """For pairs: information shared [bits], words shared, whether a number is among them, and the rarest share."""
    for p in range(len(left)):
        a, b = start[left[p]], start[right[p]]
        while a < start[left[p] + 1] and b < start[right[p] + 1]:
            if flat[a] < flat[b]:
                a += 1
            elif flat[b] < flat[a]:
                b += 1
            else:
                s = abs(share[flat[a]])
                out_bits[p] -= np.log2(s)
                out_count[p] += 1
                out_number[p] |= share[flat[a]] < 0
                out_rarest[p] = min(out_rarest[p], s)
                a += 1
                b += 1
