// One sign for each kind of work, 24 x 24, drawn as strokes on plan, board and phone alike.
export const kindSigns: Record<string, string> = {
  hot: "M12 3c4.500 4.500 6.500 8 6.500 11.500a6.500 6.500 0 0 1-13 0c0-2.500 1.500-4.500 " +
    "3-5.500 0 2 1 3 2 3.500C10.500 9 10.500 6 12 3z",
  confined: "M4 12c0-3.300 3.600-6 8-6s8 2.700 8 6-3.600 6-8 6-8-2.700-8-6z M8 12h8",
  blinding: "M3 12h6 M15 12h6 M9 5v14 M15 5v14 M12 5v14",
  height: "M7 21V4 M17 21V4 M7 8h10 M7 13h10 M7 18h10",
  lifting: "M12 3v9 M12 12a4 4 0 1 1-4 4 M7 3h10",
  power: "M13.500 2L5 13.500h6L9.500 22 19 10h-6.500z",
  excavation: "M2 8h5l3 11h4l3-11h5 M9 4l3 3 3-3",
  road: "M7 21L10 3 M17 21L14 3 M12 4v3 M12 10.500v3 M12 17v4",
};
export const kindSign = (kind: string): string => kindSigns[kind] ?? "M5 4h14v16H5z M8 9h8 M8 13h8";
