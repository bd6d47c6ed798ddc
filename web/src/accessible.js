// What Vega and its menu leave unsaid to those who do not see a chart.

/**
 * Names the chart's menu, and hides what has no name and needs none: areas around points that catch the pointer, and
 * groups of marks that are empty.
 */
export function mendForReaders(element, title) {
  for (const summary of element.querySelectorAll('details > summary')) summary.setAttribute('aria-label', `Save the chart ${title}`);
  for (const area of element.querySelectorAll('[class*="voronoi"], g.role-mark:empty')) {
    area.removeAttribute('role');
    area.setAttribute('aria-hidden', 'true');
  }
}
