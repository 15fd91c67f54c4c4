/**
 * What the widget hands to its lazy parts, by module: the build writes this object from what the chunks import (tools/chunks.mjs). A
 * function, because the modules that it names may import this one.
 */
export const given = (): Record<string, Record<string, unknown>> => ({});
