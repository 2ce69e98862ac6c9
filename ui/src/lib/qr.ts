// A picture of an address for a phone's camera, as the hub drew it.

/** An SVG as the source of an image: nothing in it can run, and no policy has to open for it. */
export function pictureOf(svg: string): string {
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}
