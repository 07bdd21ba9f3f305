/** A weight as people read it: `25000` is `25 %`, `1` is `0.001 %`. */
export function percentOf(weight: number): string {
  return `${weight / 1000} %`
}
