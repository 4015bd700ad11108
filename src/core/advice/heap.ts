/** A heap with the node of the highest bound on top, in an array that can be kept and sent. */
interface Bounded {
  readonly most: number
}

export function heapPush<T extends Bounded>(heap: T[], node: T): void {
  let i = heap.push(node) - 1
  while (i > 0) {
    const parent = (i - 1) >> 1
    const above = heap[parent]
    if (!above || above.most >= node.most) break
    heap[i] = above
    i = parent
  }
  heap[i] = node
}

export function heapPop<T extends Bounded>(heap: T[]): T | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (!last || heap.length === 0) return top
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    if ((heap[child + 1]?.most ?? Number.NEGATIVE_INFINITY) > (heap[child]?.most ?? 0)) child++
    const below = heap[child]
    if (!below || below.most <= last.most) break
    heap[i] = below
    i = child
  }
  heap[i] = last
  return top
}
