// Laying one photo over the other. The server's registration leads from points of the photo after
// to points of the one before, in parts of width and height; the browser wants pixels. Pure.

// Nine numbers, row by row, as CSS matrix3d for a picture drawn width x height with its origin at
// the upper left; "" where they make no picture.
export function matrixOf(
  registration: readonly number[] | null | undefined, width: number, height: number,
): string {
  if (!registration || registration.length !== 9 || width <= 0 || height <= 0) return "";
  if (!registration.every(Number.isFinite)) return "";
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0, i = 1] = registration;
  if (Math.abs(i) < 1e-9 || Math.abs(a * e - b * d) < 1e-9) return "";
  // S H S^-1, with S from parts to pixels.
  const rows = [
    a, (b * width) / height, c * width,
    (d * height) / width, e, f * height,
    g / width, h / height, i,
  ].map((n) => Number((n / i).toPrecision(9)));
  const [xx, xy, x, yx, yy, y, wx, wy] = rows;
  return `matrix3d(${[xx, yx, 0, wx, xy, yy, 0, wy, 0, 0, 1, 0, x, y, 0, 1].join(",")})`;
}

// Where a point of the photo after, in parts, comes to lie on the one before.
export function mapped(registration: readonly number[], [x, y]: readonly [number, number]) {
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0, i = 1] = registration;
  const w = g * x + h * y + i;
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w] as const;
}
// Where points of the photo before lie on the one after: the same way back, if there is one.
export function mappedBack(
  registration: readonly number[], points: readonly (readonly [number, number])[],
): [number, number][] | null {
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0, i = 1] = registration;
  const back = [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ];
  const there = points.map((point) => mapped(back, point));
  return there.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    ? there.map(([x, y]) => [x, y]) : null;
}
// A registration that throws the picture far away is worse than none.
export function isUsable(registration: readonly number[] | null | undefined): boolean {
  if (!registration || matrixOf(registration, 100, 100) === "") return false;
  const [x, y] = mapped(registration, [0.5, 0.5]);
  return x > -0.5 && x < 1.5 && y > -0.5 && y < 1.5;
}
