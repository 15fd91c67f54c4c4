/** marked without its front door; throws where this marked is not as expected. */
export function trimMarked(source: string): string;
