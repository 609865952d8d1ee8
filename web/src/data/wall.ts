// The wall of values: where the cell of each tag lies, so that all of them fill the place. Pure.
export interface Wall {
  columns: number;
  width: number;
  height: number;
}

// Cells are about three times as wide as high: code and value side by side.
const shape = 3;
const least = { width: 12, height: 6 };
export const most = { width: 150, height: 44 };

export function wallOf(count: number, width: number, height: number): Wall {
  const wanted = Math.ceil(Math.sqrt((Math.max(1, count) * width) / (height * shape)));
  const columns = Math.max(1, Math.min(wanted, Math.floor(width / least.width)));
  const rows = Math.ceil(Math.max(1, count) / columns);
  return {
    columns,
    width: Math.min(most.width, width / columns),
    height: Math.min(most.height, Math.max(least.height, Math.floor(height / rows))),
  };
}

// Whose cell is at this point; null beside all of them.
export function cellAt(wall: Wall, count: number, x: number, y: number): number | null {
  const column = Math.floor(x / wall.width);
  const place = Math.floor(y / wall.height) * wall.columns + column;
  return x >= 0 && y >= 0 && column < wall.columns && place < count ? place : null;
}

// Where an arrow leads; null for any other key.
export function moved(
  wall: Wall, count: number, at: number | null, key: string,
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wall.columns, ArrowDown: wall.columns,
  };
  const step = steps[key];
  if (step === undefined) return null;
  return at === null ? 0 : Math.min(count - 1, Math.max(0, at + step));
}
