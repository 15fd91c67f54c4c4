/** marked's lexer alone, for settled options; throws where this marked is not as expected. */
export function trimMarked(source: string): string;

/** @preact/signals without signals in JSX; throws where this version is not as expected. */
export function trimSignals(source: string): string;

export const SIGNALS: RegExp;

/** The trimmed signals for vitest. */
export const signalsForTests: { name: string; transform: (code: string, id: string) => string | undefined };
