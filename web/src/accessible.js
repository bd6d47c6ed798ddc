// What Vega and its menu leave unsaid to those who do not see a chart.

/** Names the chart's menu, and hides the areas around points that catch the pointer: they have no name and need none. */
export function mendForReaders(element, title) {
  for (const summary of element.querySelectorAll('details > summary')) summary.setAttribute('aria-label', `Save the chart ${title}`);
  for (const area of element.querySelectorAll('[class*="voronoi"]')) {
    area.removeAttribute('role');
    area.setAttribute('aria-hidden', 'true');
  }
}
