"""Rebuilds the fonts in this folder from the upstream packages named in README.md.

usage: python3 build.py INTER_PACKAGE_FOLDER NOTO_FOLDER DROID_FALLBACK_TTF NANUM_GOTHIC_TTF
needs: fonttools, brotli
"""
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

inter, noto, droid, nanum = map(pathlib.Path, sys.argv[1:5])
here = pathlib.Path(__file__).parent

LATIN = [
    *range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x2B0, 0x370), *range(0x370, 0x400),
    *range(0x400, 0x530), *range(0x1E00, 0x2000), *range(0x2000, 0x2070),
    *range(0x20A0, 0x20C0), *range(0x2070, 0x20A0), *range(0x2100, 0x2200), 0x2212, 0x2215,
    0x2219, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265, 0x25A1, 0x25CF, 0x25CB, 0x2605, 0x2606,
    0x2713, 0x2717, 0x2665, 0x2190, 0x2191, 0x2192, 0x2193, 0xFB00, 0xFB01, 0xFB02, 0xFFFD,
]


def write(source, name, unicodes=None, features=None, drop_layout=False, rename=None):
    font = TTFont(source)
    options = subset.Options()
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["DSIG", "gasp", "vhea", "vmtx", "STAT", "meta", "MATH", "BASE"]
    if drop_layout:
        options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    if features is not None:
        options.layout_features = features
    subsetter = subset.Subsetter(options)
    have = set(font.getBestCmap())
    wanted = have if unicodes is None else have & set(unicodes)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.flavor = None
    if rename:
        for record in font["name"].names:
            if record.nameID in (1, 3, 4, 6):
                record.string = rename.replace(" ", "") + "-Regular" if record.nameID == 6 else rename
    target = here / f"{name}.ttf"
    font.save(target, reorderTables=True)
    print(f"{name}: {len(wanted)} characters, {target.stat().st_size} bytes")
    return wanted


plain = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]
covered = write(inter / "web/Inter-Regular.woff2", "Inter-Regular", LATIN, plain)
write(inter / "web/Inter-Bold.woff2", "Inter-Bold", LATIN, plain)

# What Inter leaves out of Latin, Greek and Cyrillic, and the dotted circle that lone marks need.
rest = set(TTFont(noto / "NotoSans-Regular.ttf").getBestCmap()) - covered | {0x20, 0x25CC}
write(noto / "NotoSans-Regular.ttf", "NotoSans-Regular", rest, plain)

for script in ["Arabic", "Hebrew", "Thai", "Devanagari", "Armenian", "Georgian"]:
    for weight in ["Regular", "Bold"]:
        write(noto / f"NotoSans{script}-{weight}.ttf", f"NotoSans{script}-{weight}")
for script in ["Bengali", "Gujarati", "Gurmukhi", "Tamil", "Telugu", "Kannada", "Malayalam",
               "Sinhala", "Khmer", "Lao", "Myanmar", "Ethiopic"]:
    write(noto / f"NotoSans{script}-Regular.ttf", f"NotoSans{script}-Regular")

HANGUL = [*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0xAC00, 0xD7B0)]
# Modified versions of Nanum may not bear its name (OFL, reserved font name).
write(nanum, "GatehouseHangul-Regular", HANGUL, drop_layout=True, rename="Gatehouse Hangul")
not_han = set(HANGUL) | set(range(0x20, 0x2E80)) - set(range(0x2460, 0x2800))
write(droid, "DroidSansFallback-Regular",
      set(TTFont(droid).getBestCmap()) - not_han | {0x20}, drop_layout=True)
