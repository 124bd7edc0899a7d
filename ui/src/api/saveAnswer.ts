import { platform } from "../platform";
import { refusalOf } from "./answer";

/** Keeps the file that the office answers with; a refusal is thrown as a `Problem`. */
export async function saveAnswer(
  answer: Promise<{ error?: unknown; response: Response }>,
  name: string,
): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw refusalOf(response, error);
  await platform().saveFile(response, name);
}
