/** DOMPurify without its default lists: see trim.mjs. */
export function trimDompurify(source: string): string;
