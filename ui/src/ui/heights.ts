/** Rows above and below the view that are kept ready. */
const MARGIN = 10;

/** Where rows of different heights stand: estimated until they were drawn once, measured from then on. */
export class Heights {
  private heights: number[] = [];
  private tops: number[] = [0];
  private stale = false;

  /** Takes a new list; rows keep what was measured of them as long as `keys` are the same at their place. */
  reset(estimates: number[], same: (at: number) => boolean): void {
    this.heights = estimates.map((estimate, at) => (at < this.heights.length && same(at) ? (this.heights[at] ?? estimate) : estimate));
    this.stale = true;
  }

  /** A row was drawn this high; true if that is news. */
  measured(at: number, height: number): boolean {
    const before = this.heights[at];
    if (before === undefined || height <= 0 || Math.abs(before - height) < 0.5) return false;
    this.heights[at] = height;
    this.stale = true;
    return true;
  }

  get total(): number {
    this.sum();
    return this.tops[this.heights.length] ?? 0;
  }

  top(at: number): number {
    this.sum();
    return this.tops[Math.min(at, this.heights.length)] ?? 0;
  }

  /** The rows that a view of this height shows, with a margin. */
  visible(scrollTop: number, height: number): { first: number; last: number } {
    this.sum();
    const first = Math.max(0, this.at(scrollTop) - MARGIN);
    const last = Math.min(this.heights.length - 1, this.at(scrollTop + height) + MARGIN);
    return { first, last };
  }

  /** The row that stands at this height. */
  private at(y: number): number {
    let low = 0;
    let high = Math.max(0, this.heights.length - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.tops[middle] ?? 0) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private sum(): void {
    if (!this.stale) return;
    this.stale = false;
    const tops = new Array<number>(this.heights.length + 1);
    let top = 0;
    this.heights.forEach((height, at) => {
      tops[at] = top;
      top += height;
    });
    tops[this.heights.length] = top;
    this.tops = tops;
  }
}
