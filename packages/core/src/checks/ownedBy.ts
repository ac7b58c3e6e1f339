/**
 * Runs a call to another function of this package for somebody else: an error that it throws names `owner`, whom the
 * user called, in the place of that function. Its kind and its stack stay.
 */
export function ownedBy<T>(owner: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(/^\w+(?=: )/, () => owner);
    throw error;
  }
}
