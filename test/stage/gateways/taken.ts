/** Whether the far end took this step; one that has no place there now is refused, and changes nothing. */
export function taken(step: () => void, refusal: abstract new (...parts: never[]) => Error): boolean {
  try {
    step();
    return true;
  } catch (error) {
    if (error instanceof refusal) return false;
    throw error;
  }
}
