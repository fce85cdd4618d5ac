/** A colour by which a name is known again, `#rrggbb`: its hue is a hash of the name, light enough for a dark page and a light one. */
export function colourOfName(name: string): string {
  // FNV-1a, 32 bits (RFC 9923): a name that differs in one letter has another hue.
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  const [saturation, lightness] = [0.42, 0.56];
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const place = (offset + (hash % 360) / 30) % 12;
    const value = lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
