// Choices that a seed repeats.

// A source of numbers in [0, 1): mulberry32 over a hash of the seed and the case's number, so that one case can be
// made again without those before it.
export function source(seed, number) {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export class Random {
  constructor(seed, number) {
    this.next = source(seed, number);
  }

  below(count) {
    return Math.floor(this.next() * count);
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(items) {
    return items[this.below(items.length)];
  }

  // `least` to `most` results of `make`.
  several(least, most, make) {
    return Array.from({ length: least + this.below(most - least + 1) }, () => make());
  }

  // A list, or its item alone: the grammar allows both.
  oneOrMany(items) {
    return items.length === 1 && this.chance(0.5) ? items[0] : items;
  }
}
