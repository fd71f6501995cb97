"""Writes pngs.json: small PNG files of every kind and the RGB pixels they show, made without the decoder under test.

Each file is 13 x 11, so that no row of 1-, 2- or 4-bit samples ends on a byte, and uses all five row filters in turn.
Transparent pixels lie over white; 16-bit samples are rounded to 8 bits.
"""
import base64, json, os, random, struct, zlib
from fractions import Fraction

W, H = 13, 11
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack(samples, depth):
    bits = "".join(format(s, "0%db" % depth) for s in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filtered(rows, stride):
    out, above = b"", None
    for number, row in enumerate(rows):
        above = above or bytes(len(row))
        kind = number % 5
        left = bytes(stride) + row
        corner = bytes(stride) + above
        guess = [
            lambda i: 0,
            lambda i: left[i],
            lambda i: above[i],
            lambda i: (left[i] + above[i]) // 2,
            lambda i: paeth(left[i], above[i], corner[i]),
        ][kind]
        out += bytes([kind]) + bytes((row[i] - guess(i)) % 256 for i in range(len(row)))
        above = row
    return out


def png(colour, depth, interlaced, pixels, palette=b"", trns=b""):
    channels = CHANNELS[colour]
    stride = max(1, channels * depth // 8)
    data = b""
    for x0, y0, dx, dy in (ADAM7 if interlaced else [(0, 0, 1, 1)]):
        rows = [pack([s for x in range(x0, W, dx) for s in pixels[y][x]], depth) for y in range(y0, H, dy)]
        if rows and rows[0]:
            data += filtered(rows, stride)
    z = zlib.compress(data)
    half = len(z) // 2
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, depth, colour, 0, 0, interlaced))
    out += chunk(b"gAMA", struct.pack(">I", 45455))
    if palette:
        out += chunk(b"PLTE", palette)
    if trns:
        out += chunk(b"tRNS", trns)
    # Two data chunks: a decoder must join them.
    return out + chunk(b"IDAT", z[:half]) + chunk(b"IDAT", z[half:]) + chunk(b"IEND", b"")


def shown(sample, alpha):
    """Both in [0, 1]; laid over white, rounded half up."""
    return int((sample * alpha + 1 - alpha) * 255 + Fraction(1, 2))


def cases():
    rng = random.Random(7)
    for interlaced in (0, 1):
        for colour, depth in [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16)]:
            for transparent in ((False, True) if colour in (0, 2, 3) else (False,)):
                top = 2 ** depth - 1
                size = min(2 ** depth, 40) if colour == 3 else top + 1
                pixels = [[tuple(rng.randrange(size) for _ in range(CHANNELS[colour])) for _ in range(W)] for _ in range(H)]
                palette = bytes(rng.randrange(256) for _ in range(3 * size)) if colour == 3 else b""
                trns, key = b"", None
                if transparent and colour == 3:
                    trns = bytes(rng.randrange(256) for _ in range(max(1, size - 1)))
                elif transparent:
                    key = pixels[3][4]
                    trns = b"".join(struct.pack(">H", s) for s in key)
                rgb = []
                for p in (p for row in pixels for p in row):
                    if colour == 3:
                        a = Fraction(trns[p[0]], 255) if p[0] < len(trns) else Fraction(1)
                        c = [Fraction(v, 255) for v in palette[3 * p[0]:3 * p[0] + 3]]
                    else:
                        c = [Fraction(v, top) for v in p]
                        a = c.pop() if colour in (4, 6) else Fraction(0 if p == key else 1)
                        c = c * 3 if len(c) == 1 else c
                    rgb += [shown(v, a) for v in c]
                name = "%s%d%s%s" % ({0: "grey", 2: "rgb", 3: "palette", 4: "grey-alpha", 6: "rgba"}[colour], depth,
                                     "-transparent" if transparent else "", "-interlaced" if interlaced else "")
                yield name, png(colour, depth, interlaced, pixels, palette, trns), bytes(rgb)


here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "pngs.json"), "w") as f:
    encode = lambda b: base64.b64encode(b).decode()
    json.dump([{"name": n, "png": encode(p), "rgb": encode(r)} for n, p, r in cases()], f, indent=0)
    f.write("\n")
