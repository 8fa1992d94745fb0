"use client";

import { useSyncExternalStore } from "react";

/** One ticking "now" for the whole page, so that a hundred ages cost one timer. */
type Beat = 1000 | 30_000;

class Clock {
  readonly #every: Beat;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #now = 0;

  constructor(every: Beat) {
    this.#every = every;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => {
      this.#now = Date.now();
      for (const each of this.#listeners) each();
    }, this.#every);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
      this.#now = 0;
    };
  };

  read = (): number => {
    if (this.#now === 0) this.#now = Date.now();
    return this.#now;
  };
}

const clocks: Record<Beat, Clock> = { 1000: new Clock(1000), 30_000: new Clock(30_000) };

/** Milliseconds since the epoch, renewed every second or every 30 s; 0 in the exported HTML. */
export function useNow(every: Beat = 30_000): number {
  const clock = clocks[every];
  return useSyncExternalStore(clock.subscribe, clock.read, () => 0);
}
