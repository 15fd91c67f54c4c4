/**
 * The lazy chunk for who does not look at the messages: the unread count in the tab's title, and what a screen reader says. Loaded once there
 * is a hub that something can come from.
 */

export { Announcements } from "./announce";
export { countInTitle } from "./title";
