/* test_load.c -- ELF headers, honest and hostile, and first lines of scripts
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/env/load.h"
#include "servers/exec/exec_script.h"
#include "tests/unit/tables.h"

#define FILE_SIZE 0x5000

/* A file as a linker makes it: code, and data with zeros behind it.  */
struct sample
{
  Elf64_Ehdr elf;
  Elf64_Phdr entries[LOAD_ENTRIES_MAX];
};

static const Elf64_Phdr sample_code = { .p_type = PT_LOAD,
                                        .p_flags = PF_R | PF_X,
                                        .p_vaddr = 0x400000,
                                        .p_filesz = 0x1234,
                                        .p_memsz = 0x1234,
                                        .p_align = 0x1000 };
static const Elf64_Phdr sample_data = { .p_type = PT_LOAD,
                                        .p_flags = PF_R | PF_W,
                                        .p_offset = 0x2800,
                                        .p_vaddr = 0x403800,
                                        .p_filesz = 0x1100,
                                        .p_memsz = 0x3000,
                                        .p_align = 0x1000 };
static const Elf64_Phdr sample_stack
    = { .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W };

static struct sample
sample_make (int type)
{
  struct sample sample = { .elf = { .e_type = type,
                                    .e_machine = EM_X86_64,
                                    .e_version = EV_CURRENT,
                                    .e_entry = 0x400100,
                                    .e_phoff = sizeof (Elf64_Ehdr),
                                    .e_ehsize = sizeof (Elf64_Ehdr),
                                    .e_phentsize = sizeof (Elf64_Phdr),
                                    .e_phnum = 3 } };

  memcpy (sample.elf.e_ident, ELFMAG, SELFMAG);
  sample.elf.e_ident[EI_CLASS] = ELFCLASS64;
  sample.elf.e_ident[EI_DATA] = ELFDATA2LSB;
  sample.elf.e_ident[EI_VERSION] = EV_CURRENT;
  sample.entries[0] = sample_code;
  sample.entries[1] = sample_data;
  sample.entries[2] = sample_stack;
  return sample;
}

static error_t
sample_plan (const struct sample *sample, struct load_image *ret_image)
{
  struct load_header header;
  error_t err = load_header (sample, sizeof *sample, &header);

  return err ? err
             : load_plan (&header, sample->entries, FILE_SIZE, ret_image);
}

static error_t
sample_error (const struct sample *sample)
{
  struct load_image image;

  return sample_plan (sample, &image);
}

static void
load_makes_pieces_of_segments (void)
{
  struct sample sample = sample_make (ET_EXEC);
  struct load_image image;

  CHECK (sample_plan (&sample, &image) == 0);
  CHECK (image.count == 3 && !image.movable && !image.stack_executable);
  CHECK (image.low == 0x400000 && image.high == 0x407000);
  CHECK (image.code_start == 0x400000 && image.code_end == 0x401234);
  CHECK (image.pieces[0].file && image.pieces[0].size == 0x2000);
  CHECK (image.pieces[0].protection == (LOAD_READ | LOAD_EXECUTE));
  CHECK (image.pieces[1].file && image.pieces[1].address == 0x403000);
  CHECK (image.pieces[1].size == 0x1000 && image.pieces[1].offset == 0x2000);
  CHECK (!image.pieces[2].file && image.pieces[2].address == 0x404000);
  CHECK (image.pieces[2].size == 0x3000 && image.pieces[2].patch == 0x900);
  CHECK (image.pieces[2].offset == 0x3000);
}

static void
load_finds_the_headers_in_memory (void)
{
  struct sample sample = sample_make (ET_EXEC);
  struct load_image image;

  CHECK (sample_plan (&sample, &image) == 0);
  CHECK (image.headers == 0x400040);
  CHECK (image.headers_size == 3 * sizeof (Elf64_Phdr));
  sample.entries[0].p_filesz = sample.entries[0].p_memsz = 0x40 + 55;
  sample.elf.e_entry = 0x400000;
  CHECK (sample_plan (&sample, &image) == 0);
  CHECK (image.headers == 0 && image.headers_size == 0);
}

static void
load_moves_only_what_is_movable (void)
{
  struct sample fixed = sample_make (ET_EXEC), free = sample_make (ET_DYN);
  struct load_image image;

  CHECK (sample_plan (&fixed, &image) == 0);
  CHECK (load_move (&image, 0x10000000) == 0 && image.low == 0x400000);
  CHECK (sample_plan (&free, &image) == 0 && image.movable);
  CHECK (load_move (&image, 0x10000000) == 0);
  CHECK (image.low == 0x10000000 && image.high == 0x10007000);
  CHECK (image.entry == 0x10000100 && image.headers == 0x10000040);
  CHECK (image.pieces[2].address == 0x10004000);
  CHECK (load_move (&image, 0x1000) == 0 && image.entry == 0x1100);
  CHECK (load_move (&image, LOAD_ADDRESS_MAX - 0x1000) == ENOEXEC);
  CHECK (load_move (&image, -(uint64_t)0x1000) == ENOEXEC);
}

static void
load_keeps_the_interpreter_off_the_program (void)
{
  struct sample sample = sample_make (ET_DYN);
  struct load_image program, interpreter;

  CHECK (sample_plan (&sample, &program) == 0);
  interpreter = program;
  CHECK (load_overlap (&program, &interpreter));
  CHECK (load_move (&program, LOAD_INTERPRETER_BASE - 0x1000) == 0);
  CHECK (load_move (&interpreter, load_interpreter_base (&program)) == 0);
  CHECK (!load_overlap (&program, &interpreter));
  CHECK (load_move (&program, LOAD_PROGRAM_BASE) == 0);
  CHECK (load_interpreter_base (&program) == LOAD_INTERPRETER_BASE);
}

static void
load_keeps_the_stack_off_the_program (void)
{
  struct sample sample = sample_make (ET_DYN);
  struct load_image program, interpreter;

  CHECK (sample_plan (&sample, &program) == 0);
  interpreter = program;
  CHECK (load_move (&program, LOAD_PROGRAM_BASE) == 0);
  CHECK (load_stack_base (&program, NULL) == LOAD_STACK_BASE);
  CHECK (load_move (&interpreter, LOAD_STACK_BASE + LOAD_STACK_SIZE) == 0);
  CHECK (load_stack_base (&program, &interpreter) == LOAD_STACK_BASE);
  CHECK (load_move (&interpreter, LOAD_STACK_BASE - 0x7000) == 0);
  CHECK (load_stack_base (&program, &interpreter) == LOAD_STACK_BASE_HIGH);
  CHECK (load_stack_base (&interpreter, NULL) == LOAD_STACK_BASE_HIGH);
}

static void
load_finds_the_interpreter (void)
{
  struct sample sample = sample_make (ET_DYN);
  struct load_image image;
  Elf64_Phdr interpreter
      = { .p_type = PT_INTERP, .p_offset = 0x300, .p_filesz = 20 };

  sample.entries[3] = interpreter;
  sample.elf.e_phnum = 4;
  CHECK (sample_plan (&sample, &image) == 0);
  CHECK (image.interpreter_offset == 0x300 && image.interpreter_size == 20);
  sample.entries[3].p_filesz = LOAD_INTERPRETER_MAX + 1;
  CHECK (sample_error (&sample) == ENOEXEC);
  sample.entries[3].p_filesz = 1;
  CHECK (sample_error (&sample) == ENOEXEC);
  sample.entries[3] = interpreter;
  sample.entries[3].p_offset = FILE_SIZE - 19;
  CHECK (sample_error (&sample) == ENOEXEC);
  sample.entries[3] = sample.entries[4] = interpreter;
  sample.elf.e_phnum = 5;
  CHECK (sample_error (&sample) == ENOEXEC);
}

static void
load_refuses_foreign_headers (void)
{
  struct sample good = sample_make (ET_EXEC), bad;
  struct load_header header;

  for (size_t size = 0; size < LOAD_HEADER_SIZE; size++)
    CHECK (load_header (&good, size, &header) == ENOEXEC);
  CHECK (load_header (&good, LOAD_HEADER_SIZE, &header) == 0);
#define REFUSED(change)                                                       \
  (bad = good, (change), load_header (&bad, sizeof bad, &header) == ENOEXEC)
  CHECK (REFUSED (bad.elf.e_ident[0] = 0));
  CHECK (REFUSED (bad.elf.e_ident[EI_CLASS] = ELFCLASS32));
  CHECK (REFUSED (bad.elf.e_ident[EI_DATA] = ELFDATA2MSB));
  CHECK (REFUSED (bad.elf.e_machine = EM_386));
  CHECK (REFUSED (bad.elf.e_type = ET_CORE));
  CHECK (REFUSED (bad.elf.e_type = ET_REL));
  CHECK (REFUSED (bad.elf.e_version = 0));
  CHECK (REFUSED (bad.elf.e_phentsize = 55));
  CHECK (REFUSED (bad.elf.e_phnum = 0));
  CHECK (REFUSED (bad.elf.e_phnum = LOAD_ENTRIES_MAX + 1));
  CHECK (REFUSED (bad.elf.e_phnum = PN_XNUM));
  CHECK (REFUSED (bad.elf.e_ehsize = 0));
  CHECK (REFUSED (bad.elf.e_entry = UINT64_MAX));
#undef REFUSED
}

static void
load_refuses_hostile_segments (void)
{
  struct sample good = sample_make (ET_EXEC), bad;

#define REFUSED(change) (bad = good, (change), sample_error (&bad) == ENOEXEC)
  CHECK (REFUSED (bad.entries[1].p_filesz = bad.entries[1].p_memsz + 1));
  CHECK (REFUSED (bad.entries[1].p_filesz = FILE_SIZE - 0x2800 + 1));
  CHECK (REFUSED (bad.entries[1].p_offset = UINT64_MAX - 0x7ff));
  CHECK (REFUSED (bad.entries[1].p_offset = 0x2801));
  CHECK (REFUSED (bad.entries[1].p_memsz = UINT64_MAX));
  CHECK (REFUSED (bad.entries[1].p_memsz = LOAD_ADDRESS_MAX));
  CHECK (REFUSED (bad.entries[1].p_vaddr = UINT64_MAX - 0x7ff));
  CHECK (REFUSED (bad.entries[1].p_vaddr = 0x401800));
  CHECK (REFUSED (bad.entries[1].p_vaddr = 0x3f0800));
  CHECK (REFUSED (bad.entries[0].p_vaddr = 0));
  CHECK (REFUSED (bad.elf.e_entry = 0x3fffff));
  CHECK (REFUSED (bad.elf.e_entry = 0x407000));
  CHECK (REFUSED (bad.elf.e_phnum = (bad.entries[0] = sample_stack, 1)));
#undef REFUSED
}

static void
load_accepts_the_end_of_the_file (void)
{
  struct sample sample = sample_make (ET_EXEC);
  struct load_image image;

  sample.entries[1].p_filesz = FILE_SIZE - 0x2800;
  CHECK (sample_error (&sample) == 0);
  sample.entries[1].p_filesz = 0;
  sample.entries[1].p_offset = FILE_SIZE + 0x17;
  CHECK (sample_plan (&sample, &image) == 0);
  CHECK (image.count == 2 && image.pieces[1].patch == 0);
  sample.elf.e_phnum = 2;
  CHECK (sample_plan (&sample, &image) == 0 && image.stack_executable);
}

static void
load_bounds_the_number_of_pieces (void)
{
  struct sample sample = sample_make (ET_EXEC);

  for (size_t i = 0; i < LOAD_ENTRIES_MAX; i++)
    {
      sample.entries[i] = sample_data;
      sample.entries[i].p_vaddr += i * 0x10000;
    }
  sample.elf.e_entry = 0x403800;
  sample.elf.e_phnum = LOAD_PIECES_MAX / 2;
  CHECK (sample_error (&sample) == 0);
  sample.elf.e_phnum = LOAD_PIECES_MAX / 2 + 1;
  CHECK (sample_error (&sample) == ENOEXEC);
  sample.elf.e_phnum = LOAD_ENTRIES_MAX;
  CHECK (sample_error (&sample) == ENOEXEC);
}

/* Whatever the headers say, what comes out is in bounds.  */
static void
load_survives_any_bytes (void)
{
  struct sample sample;
  struct load_image image;

  srandom (1);
  for (int round = 0; round < 200000; round++)
    {
      sample = sample_make (round % 2 ? ET_EXEC : ET_DYN);
      for (int i = random () % 8; i >= 0; i--)
        ((unsigned char *)&sample)[random () % (64 + 3 * 56)] = random ();
      if (sample_plan (&sample, &image))
        continue;
      CHECK (image.count <= LOAD_PIECES_MAX);
      (void)load_move (&image, LOAD_PROGRAM_BASE);
      CHECK (image.low < image.high && image.entry >= image.low);
      for (size_t i = 0; i < image.count; i++)
        {
          const struct load_piece *piece = &image.pieces[i];
          CHECK (piece->address >= image.low && piece->size);
          CHECK (piece->size <= image.high - piece->address);
          CHECK ((piece->address | piece->size) % LOAD_PAGE == 0);
          CHECK (piece->patch < LOAD_PAGE);
          CHECK (!piece->file || piece->offset < FILE_SIZE);
          CHECK (!piece->patch || piece->offset + piece->patch <= FILE_SIZE);
        }
    }
}

static error_t
parse (const char *line, struct script *script)
{
  return script_parse (line, strlen (line), script);
}

static void
script_lines_have_one_argument (void)
{
  struct script script;

  CHECK (parse ("#!/bin/sh\necho", &script) == 0);
  CHECK_TEXT (script.interpreter, "/bin/sh");
  CHECK_TEXT (script.argument, "");
  CHECK (parse ("#! \t/bin/env -S  a b \t\n", &script) == 0);
  CHECK_TEXT (script.interpreter, "/bin/env");
  CHECK_TEXT (script.argument, "-S  a b");
  CHECK (parse ("#!x", &script) == 0);
  CHECK_TEXT (script.interpreter, "x");
}

static void
script_lines_that_name_nobody_are_refused (void)
{
  struct script script;
  char line[SCRIPT_LINE_MAX + 1];

  CHECK (!script_is ("#", 1) && script_is ("#!", 2));
  CHECK (parse ("#!", &script) == ENOEXEC);
  CHECK (parse ("#!  \t \n/bin/sh\n", &script) == ENOEXEC);
  CHECK (parse ("echo\n", &script) == ENOEXEC);
  CHECK (script_parse ("#!a\0b\n", 6, &script) == ENOEXEC);
  memset (line, 'x', sizeof line);
  memcpy (line, "#!", 2);
  CHECK (script_parse (line, SCRIPT_LINE_MAX, &script) == ENOEXEC);
  CHECK (script_parse (line, sizeof line, &script) == ENOEXEC);
  CHECK (script_parse (line, SCRIPT_LINE_MAX - 1, &script) == 0);
  line[SCRIPT_LINE_MAX - 1] = '\n';
  CHECK (script_parse (line, sizeof line, &script) == 0);
  CHECK (strlen (script.interpreter) == SCRIPT_LINE_MAX - 3);
}

static void
script_arguments_go_behind_the_name (void)
{
  struct script script = { "/bin/sh", "-e" };
  char *argv;
  size_t size;

  CHECK (script_argv (&script, "./s", "s\0one\0two", 10, &argv, &size) == 0);
  CHECK (size == 23 && memcmp (argv, "/bin/sh\0-e\0./s\0one\0two", 23) == 0);
  free (argv);
  script.argument[0] = '\0';
  CHECK (script_argv (&script, "./s", NULL, 0, &argv, &size) == 0);
  CHECK (size == 12 && memcmp (argv, "/bin/sh\0./s", 12) == 0);
  free (argv);
  CHECK (script_argv (&script, "./s", "unended", 7, &argv, &size) == 0);
  CHECK (size == 12);
  free (argv);
}

static const struct unit_test tests[] = {
  UNIT_TEST (load_makes_pieces_of_segments),
  UNIT_TEST (load_finds_the_headers_in_memory),
  UNIT_TEST (load_moves_only_what_is_movable),
  UNIT_TEST (load_keeps_the_interpreter_off_the_program),
  UNIT_TEST (load_keeps_the_stack_off_the_program),
  UNIT_TEST (load_finds_the_interpreter),
  UNIT_TEST (load_refuses_foreign_headers),
  UNIT_TEST (load_refuses_hostile_segments),
  UNIT_TEST (load_accepts_the_end_of_the_file),
  UNIT_TEST (load_bounds_the_number_of_pieces),
  UNIT_TEST (load_survives_any_bytes),
  UNIT_TEST (script_lines_have_one_argument),
  UNIT_TEST (script_lines_that_name_nobody_are_refused),
  UNIT_TEST (script_arguments_go_behind_the_name),
};

UNIT_TABLE (unit_load, tests)
