/**
 * Assignment of rows to columns. Costs are given sparse: row i may take columns `columns[i]` at `costs[i]`.
 */
export interface AssignmentProblem {
  readonly columnCount: number;
  readonly columns: readonly (readonly number[])[];
  readonly costs: readonly (readonly number[])[];
}

/**
 * Column of each row such that the most expensive one used is as cheap as possible; -1 for rows that get none, as few as possible.
 *
 * Threshold search over the sorted costs, each step an augmenting-path matching that goes on from the last.
 */
export function bottleneckAssignment(problem: AssignmentProblem): { readonly column: Int32Array; readonly bottleneck: number } {
  const rows = problem.columns.length;
  const edges: { readonly row: number; readonly k: number; readonly cost: number }[] = [];
  problem.costs.forEach((costs, row) => { costs.forEach((cost, k) => { if (cost < Infinity) edges.push({ row, k, cost }); }); });
  edges.sort((a, b) => a.cost - b.cost);
  const open: number[][] = Array.from({ length: rows }, () => []);
  const column = new Int32Array(rows).fill(-1);
  const rowOf = new Int32Array(problem.columnCount).fill(-1);
  const seen = new Int32Array(problem.columnCount).fill(-1);
  let stamp = 0;
  const augment = (row: number): boolean => {
    for (const c of open[row]!) {
      if (seen[c] === stamp) continue;
      seen[c] = stamp;
      if (rowOf[c]! < 0 || augment(rowOf[c]!)) {
        rowOf[c] = row;
        column[row] = c;
        return true;
      }
    }
    return false;
  };
  let bottleneck = 0;
  for (let e = 0; e < edges.length;) {
    const { cost } = edges[e]!;
    for (; e < edges.length && edges[e]!.cost === cost; e += 1) open[edges[e]!.row]!.push(problem.columns[edges[e]!.row]![edges[e]!.k]!);
    let matched = false;
    for (let row = 0; row < rows; row += 1) {
      if (column[row]! >= 0) continue;
      stamp += 1;
      if (augment(row)) matched = true;
    }
    if (matched) bottleneck = cost;
    if (column.every((c) => c >= 0)) break;
  }
  return { column, bottleneck };
}

/**
 * Column of each row at the least sum of costs, all rows assigned; null when that is not possible.
 *
 * Shortest augmenting paths with potentials. Source: Jonker & Volgenant, A shortest augmenting path algorithm for dense and sparse linear assignment
 * problems (1987).
 */
export function cheapestAssignment(problem: AssignmentProblem): Int32Array | null {
  const rows = problem.columns.length;
  const { columnCount } = problem;
  const column = new Int32Array(rows).fill(-1);
  const rowOf = new Int32Array(columnCount).fill(-1);
  const rowPrice = new Float64Array(rows);
  const columnPrice = new Float64Array(columnCount);
  const distance = new Float64Array(columnCount);
  const from = new Int32Array(columnCount);
  const done = new Uint8Array(columnCount);
  for (let start = 0; start < rows; start += 1) {
    distance.fill(Infinity);
    done.fill(0);
    let row = start;
    let reached = 0;
    let end = -1;
    while (end < 0) {
      const columns = problem.columns[row]!;
      const costs = problem.costs[row]!;
      for (let k = 0; k < columns.length; k += 1) {
        const c = columns[k]!;
        const through = reached + costs[k]! - rowPrice[row]! - columnPrice[c]!;
        if (done[c] === 0 && through < distance[c]!) {
          distance[c] = through;
          from[c] = row;
        }
      }
      let nearest = -1;
      for (let c = 0; c < columnCount; c += 1) if (done[c] === 0 && distance[c]! < (nearest < 0 ? Infinity : distance[nearest]!)) nearest = c;
      if (nearest < 0) return null;
      done[nearest] = 1;
      reached = distance[nearest]!;
      if (rowOf[nearest]! < 0) end = nearest;
      else row = rowOf[nearest]!;
    }
    rowPrice[start] = rowPrice[start]! + reached;
    for (let c = 0; c < columnCount; c += 1) {
      if (done[c] === 0 || c === end) continue;
      columnPrice[c] = columnPrice[c]! - (reached - distance[c]!);
      rowPrice[rowOf[c]!] = rowPrice[rowOf[c]!]! + reached - distance[c]!;
    }
    for (let c = end; c >= 0;) {
      const taker = from[c]!;
      const before = column[taker]!;
      column[taker] = c;
      rowOf[c] = taker;
      c = taker === start ? -1 : before;
    }
  }
  return column;
}
