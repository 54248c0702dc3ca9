/* judge.c -- manifests from files, and settings on top of them

   A setting is a manifest of its own that includes the one that was named, so
   that it overrides by the manifest's rules and is told off by them.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS "--set" /* the name of that manifest */

static error_t
judge_read (void *cookie, const char *name, const char *from, char **ret_text,
            char **ret_name)
{
  const struct judge *judge = cookie;
  const char *slash = strrchr (from, '/');
  char *path = NULL;
  error_t err = 0;

  /* A relative name is beside the manifest that includes it.  */
  if (*name == '/' || !slash)
    path = strdup (name);
  else if (asprintf (&path, "%.*s/%s", (int)(slash - from), from, name) < 0)
    path = NULL;
  if (!path)
    return ENOMEM;
  *ret_text = judge->read (judge->cookie, path, &err);
  if (err)
    free (path);
  else
    *ret_name = path;
  return err;
}

/* ---- settings ---- */

/* WORD so that it is read as it is, whatever is in it.  */
static void
add_quoted (struct text *text, const char *word)
{
  text_add_char (text, '"');
  for (; *word; word++)
    {
      if (strchr ("\"\\$", *word))
        text_add_char (text, '\\');
      text_add_char (text, *word);
    }
  text_add_char (text, '"');
}

static void
add_value (struct text *text, const char *value)
{
  if (*value == '{')
    text_add (text, value);
  else
    add_quoted (text, value);
}

/* How what begins with PREFIX is written in a manifest.  */
static const struct form
{
  const char *prefix, *before, *behind, *end;
} forms[] = {
  { "role.", " role \"", "\" { source", " }" },
  { "variables.", " variables { ", "", " }" },
  { "limits.", " limits { ", "", " }" },
  { "", " ", "", "" },
};

static const struct form *
form_find (const char *setting)
{
  const struct form *form = forms;

  while (strncmp (setting, form->prefix, strlen (form->prefix)))
    form++;
  return form;
}

/* SETTING as a line.  */
static error_t
add_setting (struct text *text, const char *setting)
{
  const struct form *form = form_find (setting);
  const char *key = setting + strlen (form->prefix);
  const char *equals = strchr (key, '=');
  int length = (int)(equals ? equals - key : 0);

  if (!length || (!*form->prefix && memchr (key, '.', (size_t)length)))
    return EINVAL;
  text_printf (text, "%s%.*s%s = ", form->before, length, key, form->behind);
  add_value (text, equals + 1);
  text_printf (text, "%s\n", form->end);
  return 0;
}

/* The line of a setting is its number.  */
static char *
settings_text (const struct judge *judge, const char *name, const char *path,
               struct text *said)
{
  struct text text = TEXT_INIT;

  text_printf (&text, "environment \"%s\" { include = ", name);
  add_quoted (&text, path);
  for (size_t i = 0; i < judge->settings_count; i++)
    if (add_setting (&text, judge->settings[i]))
      {
        text_printf (said,
                     SETTINGS " %s: expected KEY=VALUE, where KEY may also be "
                              "variables.NAME, limits.NAME, or role.ROLE\n",
                     judge->settings[i]);
        text_finish (&text);
        return NULL;
      }
  text_add (&text, "}\n");
  return text_steal (&text);
}

/* ---- the judgement ---- */

static struct manifest *
judge_text (const struct judge *judge, const char *name, const char *text,
            struct text *said)
{
  struct manifest_reader reader = { (void *)judge, judge_read };
  struct mistakes mistakes = MISTAKES_INIT;
  struct manifest *manifest = manifest_parse (name, text, &reader, &mistakes);

  if (manifest)
    manifest_check_support (manifest, &support_now, &mistakes);
  mistakes_print (&mistakes, said);
  if (mistakes_forbid (&mistakes))
    {
      manifest_destroy (manifest);
      manifest = NULL;
    }
  mistakes_finish (&mistakes);
  return manifest;
}

/* What the settings override may well be what is wrong with the manifest, so
   of the manifest alone only the name is wanted.  */
static struct manifest *
judge_settings (const struct judge *judge, const char *path, const char *text,
                struct text *said)
{
  struct manifest_reader reader = { (void *)judge, judge_read };
  struct mistakes mistakes = MISTAKES_INIT;
  struct manifest *below = manifest_parse (path, text, &reader, &mistakes);
  struct manifest *manifest = NULL;
  char *settings
      = settings_text (judge, below ? below->name : "unnamed", path, said);

  if (settings)
    manifest = judge_text (judge, SETTINGS, settings, said);
  mistakes_finish (&mistakes);
  manifest_destroy (below);
  free (settings);
  return manifest;
}

struct manifest *
judge_manifest (const struct judge *judge, const char *path, struct text *said,
                error_t *ret_err)
{
  struct manifest *manifest;
  char *text = judge->read (judge->cookie, path, ret_err);

  if (*ret_err)
    {
      text_printf (said, "manifest %s: %s\n", path, strerror (*ret_err));
      return NULL;
    }
  manifest = judge->settings_count ? judge_settings (judge, path, text, said)
                                   : judge_text (judge, path, text, said);
  free (text);
  if (!manifest)
    *ret_err = EINVAL;
  return manifest;
}
