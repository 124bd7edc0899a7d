"""Rebuilds coated.icc from the characterization data FOGRA39L.ti3 (zlib licence, see README.md).

usage: python3 build.py FOGRA39L.ti3
needs: numpy, scipy
"""
import pathlib
import struct
import sys

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

D50 = np.array([0.9642, 1.0, 0.8249])
GRID, BACK, GAMUT = 5, 9, 5

rows = []
inside = False
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    if line.startswith("BEGIN_DATA") and "FORMAT" not in line:
        inside = True
    elif line.startswith("END_DATA"):
        inside = False
    elif inside:
        rows.append([float(v) for v in line.split()[1:8]])
rows = np.array(rows)
inks, xyz = rows[:, :4] / 100, rows[:, 4:7] / 100
paper = xyz[np.argmin(inks.sum(axis=1))]


def lab(xyz):
    """CIE L*a*b* relative to the paper, as relative colorimetry has it."""
    t = xyz / paper
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]),
                     200 * (f[..., 1] - f[..., 2])], axis=-1)


_, unique = np.unique(inks, axis=0, return_index=True)
model = RBFInterpolator(inks[unique], lab(xyz)[unique], neighbors=60, kernel="linear")


def encode(values):
    values = values * [255 / 100, 1, 1] + [0, 128, 128]
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def lut8(inputs, outputs, grid, table):
    linear = bytes(range(256))
    head = b"mft1" + bytes(4) + bytes([inputs, outputs, grid, 0])
    matrix = struct.pack(">9i", *(np.eye(3).flatten() * 65536).astype(int))
    return head + matrix + linear * inputs + table.tobytes() + linear * outputs


def nodes(count, dimensions):
    axis = np.linspace(0, 1, count)
    return np.stack(np.meshgrid(*[axis] * dimensions, indexing="ij"), -1).reshape(-1, dimensions)


forward = model(nodes(GRID, 4))
forward[0] = [100, 0, 0]

# The way back: black takes over where all three colours would be needed.
cloud = nodes(23, 3)
grey = cloud.min(axis=1, keepdims=True)
black = np.clip((grey - 0.3) / 0.7, 0, 1) ** 1.3
cloud = np.hstack([cloud - 0.45 * black * grey, black])
tree = cKDTree(model(cloud))
wanted = nodes(BACK, 3) * [100, 255, 255] - [0, 128, 128]
_, nearest = tree.query(wanted)
back = np.clip(np.round(cloud[nearest] * 255), 0, 255).astype(np.uint8)
far, _ = tree.query(nodes(GAMUT, 3) * [100, 255, 255] - [0, 128, 128])
outside = np.where(far > 8, 255, 0).astype(np.uint8)


def text(value):
    return b"text" + bytes(4) + value.encode() + b"\0"


def description(value):
    name = value.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)


def xyz_tag(value):
    return b"XYZ " + bytes(4) + struct.pack(">3i", *[round(v * 65536) for v in value])


a2b = lut8(4, 3, GRID, encode(forward))
b2a = lut8(3, 4, BACK, back)
tags = [
    (b"desc", description("Gatehouse coated (FOGRA39L, small)")),
    (b"cprt", text("Altered form of FOGRA39L data, Fogra and Kai-Uwe Behrmann, zlib licence.")),
    (b"wtpt", xyz_tag(paper)),
    (b"A2B0", a2b), (b"A2B1", a2b), (b"A2B2", a2b),
    (b"B2A0", b2a), (b"B2A1", b2a), (b"B2A2", b2a),
    (b"gamt", lut8(3, 1, GAMUT, outside)),
]
body, table, seen = b"", b"", {}
start = 128 + 4 + 12 * len(tags)
for name, data in tags:
    if data not in seen:
        seen[data] = start + len(body)
        body += data + bytes(-len(data) % 4)
    table += name + struct.pack(">II", seen[data], len(data))
size = start + len(body)
header = struct.pack(">I4sI4s4s4s6H4s4sI4s4sQI3i4s", size, bytes(4), 0x02200000, b"prtr", b"CMYK",
                     b"Lab ", 2026, 1, 1, 0, 0, 0, b"acsp", bytes(4), 0, bytes(4), bytes(4), 0, 0,
                     *[round(v * 65536) for v in D50], bytes(4))
header += bytes(128 - len(header))
out = pathlib.Path(__file__).parent / "coated.icc"
out.write_bytes(header + struct.pack(">I", len(tags)) + table + body)

check = model(inks[unique])
print(f"{size} bytes; mean distance of the model {np.linalg.norm(check - lab(xyz)[unique], axis=1).mean():.2f}")
