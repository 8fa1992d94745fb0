import { api } from "./client";
import {
  INITIAL_LIVE,
  parseLiveMessage,
  reduceLive,
  type LiveSignal,
  type LiveState,
  type TabMessage,
} from "./live-state";
import type { LiveEvent } from "./types/system";

/**
 * The browser's one stream of events. Whichever tab holds the lock opens it and repeats each event to the
 * other tabs; when that tab closes, the next in line takes over. Reconnects by itself, waiting longer
 * after each failure, up to 30 s.
 */
const URL_EVENTS = "/api/v1/events";
const NAME = "socialseed.live";
const LONGEST_WAIT_MS = 30_000;

type EventListener = (event: LiveEvent) => void;

class LiveFeed {
  #state: LiveState = INITIAL_LIVE;
  #source: EventSource | null = null;
  #channel: BroadcastChannel | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  #stopLeading: AbortController | null = null;
  readonly #stateListeners = new Set<() => void>();
  readonly #eventListeners = new Set<EventListener>();
  readonly #gapListeners = new Set<() => void>();

  getState = (): LiveState => this.#state;

  onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  onEvent(listener: EventListener): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Called when events may have been missed. */
  onGap(listener: () => void): () => void {
    this.#gapListeners.add(listener);
    return () => this.#gapListeners.delete(listener);
  }

  /** Joins the feed; the answer leaves it. */
  start(): () => void {
    const leaving = new AbortController();
    this.#stopLeading = leaving;
    if ("BroadcastChannel" in window) {
      this.#channel = new BroadcastChannel(NAME);
      this.#channel.onmessage = (message: MessageEvent<TabMessage>) => {
        this.#signal({ kind: "told", message: message.data });
      };
      this.#channel.postMessage({ kind: "ask" } satisfies TabMessage);
    }
    window.addEventListener("online", this.#online);
    window.addEventListener("offline", this.#offline);
    if (!navigator.onLine) this.#offline();
    void this.#lead(leaving.signal);
    return () => {
      leaving.abort();
      window.removeEventListener("online", this.#online);
      window.removeEventListener("offline", this.#offline);
      this.#close();
      this.#channel?.close();
      this.#channel = null;
      this.#state = { ...this.#state, leader: false };
    };
  }

  async #lead(leaving: AbortSignal): Promise<void> {
    const locks = (navigator as { locks?: LockManager }).locks;
    if (locks === undefined || this.#channel === null) {
      this.#begin();
      return;
    }
    try {
      await locks.request(NAME, { signal: leaving }, () => {
        if (leaving.aborted) return Promise.resolve();
        this.#begin();
        // Held until this tab leaves: that is what makes it the leader.
        return new Promise<void>((release) => {
          leaving.addEventListener("abort", () => release(), { once: true });
        });
      });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }

  #begin(): void {
    this.#signal({ kind: "led" });
    this.#open();
  }

  #open(): void {
    this.#close();
    const source = new EventSource(URL_EVENTS);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#signal({ kind: "opened" });
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const parsed = parseLiveMessage(message.data);
      if (parsed === null) return;
      if (parsed.type === "hello") this.#signal({ kind: "hello", seq: parsed.seq });
      else this.#signal({ kind: "received", event: parsed as LiveEvent });
    };
    source.onerror = () => {
      this.#signal({ kind: "broke" });
      // The browser retries a dropped stream itself; a refused one (an expired session) it gives up.
      if (source.readyState === EventSource.CLOSED) this.#openLater();
    };
  }

  #openLater(): void {
    this.#close();
    const wait = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.#renewAndOpen(), wait);
  }

  async #renewAndOpen(): Promise<void> {
    const leaving = this.#stopLeading;
    try {
      // Any read renews a lapsed session, or leads out to the sign-in page.
      await api.get("/users/profile");
    } catch {
      if (leaving?.signal.aborted === false) this.#openLater();
      return;
    }
    if (leaving?.signal.aborted === false) this.#open();
  }

  #close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#source?.close();
    this.#source = null;
  }

  readonly #online = (): void => {
    this.#signal({ kind: "network", online: true });
    if (this.#state.leader) {
      this.#failures = 0;
      this.#open();
    }
  };

  readonly #offline = (): void => this.#signal({ kind: "network", online: false });

  #signal(signal: LiveSignal): void {
    const before = this.#state;
    const { state, tell, deliver, gap } = reduceLive(before, signal);
    this.#state = state;
    for (const message of tell) this.#channel?.postMessage(message);
    if (before.status !== state.status) for (const listener of this.#stateListeners) listener();
    if (gap) for (const listener of this.#gapListeners) listener();
    if (deliver !== null) for (const listener of this.#eventListeners) listener(deliver);
  }
}

export const liveFeed = new LiveFeed();
