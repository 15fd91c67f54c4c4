/** DOMPurify without its default lists: see trim.mjs. */
export function trimDompurify(source: string): string;

/** marked without its front door; throws where this marked is not as expected. */
export function trimMarked(source: string): string;
