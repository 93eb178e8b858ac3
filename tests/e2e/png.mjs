/**
 * Makes a browser's picture small enough for a repository: at most 256 colours, which is what a page of text and lines has to the eye.
 * Only what Chromium writes is read: 8 bits a channel, RGB or RGBA, not interlaced (PNG specification, third edition).
 */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @param {Buffer} png @returns {Buffer} */
export function smaller(png) {
  const { width, height, pixels } = decode(png);
  const { palette, places } = reduce(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) rows.set(places.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/**
 * 256 colours: those that are there most often, then, one after the other, the one that is furthest from all chosen so far. So the dot of a state
 * keeps its colour, however small it is.
 */
function reduce(pixels) {
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const often = [...counts.entries()].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = often.slice(0, 128);
  const rest = often.slice(128).map((colour) => ({ colour, far: apart(palette[nearest(palette, colour)], colour) }));
  while (palette.length < 256 && rest.length > 0) {
    let furthest = rest[0];
    for (const one of rest) if (one.far > furthest.far) furthest = one;
    if (furthest.far === 0) break;
    palette.push(furthest.colour);
    for (const one of rest) one.far = Math.min(one.far, apart(furthest.colour, one.colour));
  }
  const known = new Map(palette.map((colour, place) => [colour, place]));
  const places = Buffer.alloc(pixels.length);
  pixels.forEach((colour, index) => {
    if (!known.has(colour)) known.set(colour, nearest(palette, colour));
    places[index] = known.get(colour);
  });
  return { palette, places };
}

function apart(one, other) {
  return [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
}

function nearest(palette, colour) {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  palette.forEach((other, place) => {
    const apart = [16, 8, 0].reduce(
      (sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2,
      0,
    );
    if (apart < least) [least, best] = [apart, place];
  });
  return best;
}

function decode(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error("no PNG");
  const data = [];
  let head;
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const name = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") head = body;
    if (name === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height, depth, kind, interlaced] = [
    head.readUInt32BE(0),
    head.readUInt32BE(4),
    head[8],
    head[9],
    head[12],
  ];
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlaced !== 0) throw new Error("not what a browser writes");
  const size = kind === 6 ? 4 : 3;
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * size;
  const pixels = new Uint32Array(width * height);
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1);
    const row = Buffer.from(raw.subarray(start + 1, start + 1 + stride));
    unfilter(raw[start], row, above, size);
    for (let x = 0; x < width; x += 1)
      pixels[y * width + x] = (row[x * size] << 16) | (row[x * size + 1] << 8) | row[x * size + 2];
    above = row;
  }
  return { width, height, pixels };
}

function unfilter(filter, row, above, size) {
  for (let at = 0; at < row.length; at += 1) {
    const left = at >= size ? row[at - size] : 0;
    const up = above[at];
    const corner = at >= size ? above[at - size] : 0;
    if (filter === 1) row[at] += left;
    else if (filter === 2) row[at] += up;
    else if (filter === 3) row[at] += (left + up) >> 1;
    else if (filter === 4) row[at] += paeth(left, up, corner);
  }
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function chunk(name, body) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(body.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
