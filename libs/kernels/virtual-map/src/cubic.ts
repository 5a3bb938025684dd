import type { Cubic } from './road-network';

/** The piece that holds at an arc length: the last that starts at or before it, the first one before all starts; undefined without pieces. */
export function pieceAt<Piece extends { readonly sM: number }>(pieces: readonly Piece[], sM: number): Piece | undefined {
  for (let i = pieces.length - 1; i > 0; i -= 1) if (pieces[i]!.sM <= sM) return pieces[i];
  return pieces[0];
}

/** Value of a piece at an arc length; 0 without a piece. */
export function cubicValue(piece: Cubic | undefined, sM: number): number {
  if (piece === undefined) return 0;
  const ds = sM - piece.sM;
  return piece.a + ds * (piece.b + ds * (piece.c + ds * piece.d));
}

/** Degree that matters for how a piece bends: 1 for straight ones (or none), 2, or 3. */
export function bendDegree(piece: Cubic | undefined): 1 | 2 | 3 {
  if (piece === undefined) return 1;
  if (piece.d !== 0) return 3;
  return piece.c === 0 ? 1 : 2;
}
