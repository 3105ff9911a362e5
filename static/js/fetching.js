// The text of an answer; undefined for an error, a redirection (to the sign-in page), an answer lost or aborted, also
// while its body is read.
export async function textOf(address, options) {
  try {
    const answer = await fetch(address, options);
    return answer.ok && !answer.redirected ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}
