/**
 * How strongly a guide pulls at a temperature: amount · clip((hot − T) / (hot − cold), 0, 1)^1.5, as docs/models.md has
 * it; without the guide's own gate, which only the service knows.
 */
export function guideStrength(temperature: number, amount: number, [cold, hot]: readonly [number, number]): number {
  const part = hot > cold ? (hot - temperature) / (hot - cold) : temperature < hot ? 1 : 0;
  return amount * Math.min(1, Math.max(0, part)) ** 1.5;
}
