/** marked's lexer alone, for settled options; throws where this marked is not as expected. */
export function trimMarked(source: string): string;

/** Preact without what no view uses; throws where this version is not as expected. */
export function trimPreact(source: string): string;

/** Preact's hooks without what no view uses; throws where this version is not as expected. */
export function trimHooks(source: string): string;

/** @preact/signals without signals in JSX; throws where this version is not as expected. */
export function trimSignals(source: string): string;

/** @preact/signals-core without what no view reads; throws where this version is not as expected. */
export function trimSignalsCore(source: string): string;

/** Trims the libraries for esbuild. */
export const trimLibraries: import("esbuild").Plugin;

/** Trims Preact and signals for vitest. */
export const trimForTests: {
  name: string;

  transform: (code: string, id: string) => string | undefined;
};
