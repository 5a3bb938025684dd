/** The part of clipper-lib that is used; the package brings no types. Coordinates are whole numbers. */
declare module 'clipper-lib' {
  export interface IntPoint { X: number; Y: number }
  export type Path = IntPoint[];
  export enum ClipType { ctIntersection, ctUnion, ctDifference, ctXor }
  export enum PolyType { ptSubject, ptClip }
  export enum PolyFillType { pftEvenOdd, pftNonZero, pftPositive, pftNegative }
  export enum JoinType { jtSquare, jtRound, jtMiter }
  export enum EndType { etOpenSquare, etOpenRound, etOpenButt, etClosedLine, etClosedPolygon }
  export class Clipper {
    static Area(path: Path): number;
    AddPath(path: Path, type: PolyType, isClosed: boolean): boolean;
    Execute(type: ClipType, solution: Path[], subjectFill: PolyFillType, clipFill: PolyFillType): boolean;
  }
  export class ClipperOffset {
    constructor(miterLimit: number, arcTolerance: number);
    AddPaths(paths: Path[], join: JoinType, end: EndType): void;
    Execute(solution: Path[], delta: number): void;
  }
}
