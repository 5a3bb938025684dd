/** Strongly connected components of a graph. */
export interface Components {
  readonly count: number;
  /** Component of each node. Components are numbered against the direction of the edges: an edge between two leads from the higher number to the lower. */
  readonly componentOf: Int32Array;
}

/**
 * @param offset edges of node i: `targets[offset[i] … offset[i + 1])`; one more entry than nodes
 *
 * Source: Tarjan, Depth-first search and linear graph algorithms (1972), without recursion: a site has more blocks than a stack has frames.
 */
export function findComponents(offset: Int32Array, targets: Int32Array): Components {
  const nodes = offset.length - 1;
  const componentOf = new Int32Array(nodes).fill(-1);
  const order = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const nextEdge = offset.slice(0, nodes);
  const path = new Int32Array(nodes);
  const open = new Int32Array(nodes);
  let [depth, openCount, seen, count] = [0, 0, 0, 0];
  const enter = (node: number): void => {
    order[node] = seen;
    low[node] = seen;
    seen += 1;
    path[depth] = node;
    depth += 1;
    open[openCount] = node;
    openCount += 1;
  };
  const leave = (node: number): void => {
    depth -= 1;
    if (depth > 0) low[path[depth - 1]!] = Math.min(low[path[depth - 1]!]!, low[node]!);
    if (low[node] !== order[node]) return;
    let member: number;
    do {
      openCount -= 1;
      member = open[openCount]!;
      componentOf[member] = count;
    } while (member !== node);
    count += 1;
  };
  for (let root = 0; root < nodes; root += 1) {
    if (order[root]! >= 0) continue;
    enter(root);
    while (depth > 0) {
      const node = path[depth - 1]!;
      const edge = nextEdge[node]!;
      if (edge === offset[node + 1]) {
        leave(node);
        continue;
      }
      nextEdge[node] = edge + 1;
      const target = targets[edge]!;
      if (order[target]! < 0) enter(target);
      else if (componentOf[target]! < 0) low[node] = Math.min(low[node]!, order[target]!);
    }
  }
  return { count, componentOf };
}
