// Nominal types: a number of milliseconds on one clock is never mistaken for another's,
// and a string is an identity only after something has checked it.

declare const tag: unique symbol;

/** A `T` that only its own constructor, or a deliberate cast, can make. */
export type Brand<T, Name extends string> = T & { readonly [tag]: Name };

/** Wall clock, milliseconds since 1970-01-01 UTC. May jump in either direction. */
export type WallMs = Brand<number, "WallMs">;

/** Monotonic clock of this process, milliseconds from an arbitrary origin. Never goes back. */
export type MonoMs = Brand<number, "MonoMs">;

export const wallMs = (ms: number): WallMs => ms as WallMs;
export const monoMs = (ms: number): MonoMs => ms as MonoMs;
