// Returns the text of a response. Returns undefined after an error status, a redirect (to the sign-in page), a network
// error or an abort, also when it happens while the body is read.
export async function textOf(address, options) {
  try {
    const response = await fetch(address, options);
    return response.ok && !response.redirected ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
