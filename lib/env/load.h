/* load.h -- what an ELF file wants to look like in memory

   Turns headers, which anybody may have written, into a short list of pieces
   with checked numbers: after that nothing looks at the headers again.  No
   Mach here; load_task.h carries a list out.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_LOAD_H
#define HURDLE_ENV_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

#define LOAD_PAGE 4096
#define LOAD_HEADER_SIZE 64       /* bytes of file that load_header wants */
#define LOAD_ENTRY_SIZE 56        /* bytes of one program header */
#define LOAD_ENTRIES_MAX 64       /* program headers */
#define LOAD_PIECES_MAX 32        /* pieces of one image */
#define LOAD_INTERPRETER_MAX 1024 /* bytes of its name with the NUL */

/* No image reaches beyond it: above are the stack and the kernel.  */
#define LOAD_ADDRESS_MAX 0x7f0000000000

/* Where images go that do not care.  */
#define LOAD_PROGRAM_BASE 0x400000
#define LOAD_INTERPRETER_BASE 0x20000000

/* The stack, a page that catches what overflows below it.  Near the program,
   because every task pays for its page tables; elsewhere only if a program
   wants to be there itself.  */
#define LOAD_STACK_SIZE (16 << 20)
#define LOAD_STACK_BASE 0x3effe000
#define LOAD_STACK_BASE_HIGH (LOAD_ADDRESS_MAX + LOAD_PAGE)

enum load_protection
{
  LOAD_READ = 1,
  LOAD_WRITE = 2,
  LOAD_EXECUTE = 4
};

/* The file's own header, as far as it matters.  */
struct load_header
{
  bool movable; /* ET_DYN: any base will do */
  uint64_t entry;
  uint64_t entries_offset; /* of the program headers in the file */
  unsigned int entries;
};

/* Whole pages of the program.  Either FILE, the pages of the file at OFFSET;
   or zeros, of which the first PATCH bytes (less than a page) come from the
   file at OFFSET.  */
struct load_piece
{
  uint64_t address, size; /* page aligned */
  uint64_t offset;        /* page aligned */
  int protection;         /* enum load_protection */
  bool file;
  unsigned int patch;
};

struct load_image
{
  bool movable;
  bool stack_executable; /* nobody said that it need not be */
  uint64_t low, high;    /* all pieces are between them */
  uint64_t entry;
  uint64_t headers;      /* where the program headers are, or 0 */
  uint64_t headers_size; /* bytes; 0 with HEADERS 0 */
  uint64_t code_start, code_end;
  uint64_t interpreter_offset; /* in the file */
  size_t interpreter_size;     /* bytes with the NUL; 0: there is none */
  struct load_piece pieces[LOAD_PIECES_MAX];
  size_t count;
};

/* Read the SIZE first bytes of a file.  ENOEXEC: not for this machine, or not
   a program at all.  */
error_t load_header (const void *data, size_t size,
                     struct load_header *ret_header);

/* Plan the image from HEADER->entries program headers at ENTRIES (of any
   alignment) of a file of FILE_SIZE bytes.  ENOEXEC: they make no sense.  */
error_t load_plan (const struct load_header *header, const void *entries,
                   uint64_t file_size, struct load_image *ret_image);

/* Move a movable image so that its lowest page is at BASE (page aligned), or
   leave one that is not where it is.  ENOEXEC: it does not fit there.  */
error_t load_move (struct load_image *image, uint64_t base);

/* A base for an interpreter that leaves PROGRAM alone.  */
uint64_t load_interpreter_base (const struct load_image *program);

/* Do any pages of A and B coincide?  */
bool load_overlap (const struct load_image *a, const struct load_image *b);

/* Where the stack goes: INTERPRETER may be NULL.  */
uint64_t load_stack_base (const struct load_image *program,
                          const struct load_image *interpreter);

#endif
