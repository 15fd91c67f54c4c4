/** What JSX calls in the built files; the build imports it wherever there is JSX (jsx.mjs). */
export { Fragment, h } from "preact";
