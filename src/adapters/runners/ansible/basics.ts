/** What every Ansible that Medic starts is told by its environment, whatever it is started for. */
export function ansibleBasics(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const locale = environment.LC_ALL || environment.LANG || '';
  return {
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_LOCALHOST_WARNING: '0',
    ANSIBLE_DEPRECATION_WARNINGS: '0',
    // Ansible's callback folder belongs to the program and may be read-only.
    PYTHONDONTWRITEBYTECODE: '1',
    // Ansible refuses to start where the locale is not UTF-8.
    ...(/utf-?8/i.test(locale) ? {} : { LC_ALL: 'C.UTF-8' }),
  };
}
