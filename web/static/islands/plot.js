/** Zoom for charts: read from the table behind each, drawn by uPlot when somebody asks for it. */

/**
 * @param {Document} doc
 */
export function plot(doc) {}
