// The account as the API has it.
export interface Me {
  userId: string;
  usage: { notes: number; files: number; bytes: number };
  quota: { files: number; bytes: number; fileBytes: number };
}
