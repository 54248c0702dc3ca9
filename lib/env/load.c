/* load.c -- what an ELF file wants to look like in memory
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/env/load.h"

#include <elf.h>
#include <string.h>

_Static_assert(sizeof (Elf64_Ehdr) == LOAD_HEADER_SIZE, "ELF header");
_Static_assert(sizeof (Elf64_Phdr) == LOAD_ENTRY_SIZE, "program header");

static uint64_t
page_floor (uint64_t address)
{
  return address & ~(uint64_t)(LOAD_PAGE - 1);
}

/* ADDRESS is far from the end of all numbers: see segment_check.  */
static uint64_t
page_ceiling (uint64_t address)
{
  return page_floor (address + LOAD_PAGE - 1);
}

static bool
header_is_ours (const Elf64_Ehdr *elf)
{
  return memcmp (elf->e_ident, ELFMAG, SELFMAG) == 0
         && elf->e_ident[EI_CLASS] == ELFCLASS64
         && elf->e_ident[EI_DATA] == ELFDATA2LSB
         && elf->e_ident[EI_VERSION] == EV_CURRENT
         && elf->e_version == EV_CURRENT && elf->e_machine == EM_X86_64
         && (elf->e_type == ET_EXEC || elf->e_type == ET_DYN);
}

error_t
load_header (const void *data, size_t size, struct load_header *ret_header)
{
  Elf64_Ehdr elf;

  if (size < sizeof elf)
    return ENOEXEC;
  memcpy (&elf, data, sizeof elf);
  if (!header_is_ours (&elf) || elf.e_ehsize < sizeof elf
      || elf.e_phentsize != sizeof (Elf64_Phdr) || elf.e_phnum == 0
      || elf.e_phnum > LOAD_ENTRIES_MAX || elf.e_entry >= LOAD_ADDRESS_MAX)
    return ENOEXEC;

  ret_header->movable = elf.e_type == ET_DYN;
  ret_header->entry = elf.e_entry;
  ret_header->entries_offset = elf.e_phoff;
  ret_header->entries = elf.e_phnum;
  return 0;
}

/* Is the range within the file?  */
static bool
range_in_file (uint64_t offset, uint64_t size, uint64_t file_size)
{
  return offset <= file_size && size <= file_size - offset;
}

/* Where its bytes are in the file, if it has any.  */
static bool
segment_in_file (const Elf64_Phdr *segment, uint64_t file_size)
{
  return segment->p_filesz == 0
         || (range_in_file (segment->p_offset, segment->p_filesz, file_size)
             && segment->p_vaddr % LOAD_PAGE == segment->p_offset % LOAD_PAGE);
}

/* Everything that the planning of a segment relies on.  */
static bool
segment_check (const Elf64_Phdr *segment, uint64_t file_size,
               const struct load_image *image)
{
  return segment->p_memsz <= LOAD_ADDRESS_MAX
         && segment->p_vaddr <= LOAD_ADDRESS_MAX - segment->p_memsz
         && segment->p_filesz <= segment->p_memsz
         && segment_in_file (segment, file_size)
         /* Ascending, and no page in two segments.  */
         && page_floor (segment->p_vaddr) >= image->high;
}

static int
segment_protection (const Elf64_Phdr *segment)
{
  return (segment->p_flags & PF_R ? LOAD_READ : 0)
         | (segment->p_flags & PF_W ? LOAD_WRITE : 0)
         | (segment->p_flags & PF_X ? LOAD_EXECUTE : 0);
}

/* FROM and TO are page aligned; nothing happens if there is nothing between
   them.  */
static error_t
piece_add (struct load_image *image, const struct load_piece *like,
           uint64_t from, uint64_t to)
{
  struct load_piece *piece = &image->pieces[image->count];

  if (from >= to)
    return 0;
  if (image->count == LOAD_PIECES_MAX)
    return ENOEXEC;
  *piece = *like;
  piece->address = from;
  piece->size = to - from;
  image->count++;
  return 0;
}

/* The page in which the file's bytes end and zeros must follow cannot be the
   file's page: it belongs to the zeros and is patched.  */
static error_t
segment_plan (struct load_image *image, const Elf64_Phdr *segment)
{
  uint64_t start = page_floor (segment->p_vaddr);
  uint64_t data_end = segment->p_vaddr + segment->p_filesz;
  uint64_t end = page_ceiling (segment->p_vaddr + segment->p_memsz);
  bool mixed = segment->p_memsz > segment->p_filesz && data_end % LOAD_PAGE;
  uint64_t middle = mixed ? page_floor (data_end) : page_ceiling (data_end);
  struct load_piece file = { .file = true,
                             .offset = page_floor (segment->p_offset),
                             .protection = segment_protection (segment) };
  struct load_piece zero = { .offset = file.offset + (middle - start),
                             .patch = mixed ? data_end % LOAD_PAGE : 0,
                             .protection = file.protection };
  error_t err;

  if (segment->p_filesz == 0)
    {
      middle = start;
      zero.patch = 0;
    }
  err = piece_add (image, &file, start, middle);
  if (!err)
    err = piece_add (image, &zero, middle, end);
  return err;
}

static void
segment_note (struct load_image *image, const Elf64_Phdr *segment,
              const struct load_header *header)
{
  uint64_t size = (uint64_t)header->entries * LOAD_ENTRY_SIZE;
  uint64_t end = segment->p_vaddr + segment->p_memsz;

  if (image->high == 0)
    image->low = page_floor (segment->p_vaddr);
  image->high = page_ceiling (end);

  if (segment->p_flags & PF_X)
    {
      if (image->code_end == 0)
        image->code_start = segment->p_vaddr;
      image->code_end = end;
    }
  if (image->headers_size == 0 && header->entries_offset >= segment->p_offset
      && range_in_file (header->entries_offset - segment->p_offset, size,
                        segment->p_filesz))
    {
      image->headers
          = segment->p_vaddr + (header->entries_offset - segment->p_offset);
      image->headers_size = size;
    }
}

static error_t
plan_load (struct load_image *image, const Elf64_Phdr *segment,
           const struct load_header *header, uint64_t file_size)
{
  error_t err;

  if (segment->p_memsz == 0)
    return 0;
  if (!segment_check (segment, file_size, image))
    return ENOEXEC;
  err = segment_plan (image, segment);
  if (!err)
    segment_note (image, segment, header);
  return err;
}

static error_t
plan_interpreter (struct load_image *image, const Elf64_Phdr *segment,
                  uint64_t file_size)
{
  if (image->interpreter_size || segment->p_filesz < 2
      || segment->p_filesz > LOAD_INTERPRETER_MAX
      || !range_in_file (segment->p_offset, segment->p_filesz, file_size))
    return ENOEXEC;
  image->interpreter_offset = segment->p_offset;
  image->interpreter_size = segment->p_filesz;
  return 0;
}

static error_t
plan_entry (struct load_image *image, const Elf64_Phdr *entry,
            const struct load_header *header, uint64_t file_size)
{
  if (entry->p_type == PT_LOAD)
    return plan_load (image, entry, header, file_size);
  if (entry->p_type == PT_INTERP)
    return plan_interpreter (image, entry, file_size);
  if (entry->p_type == PT_GNU_STACK)
    image->stack_executable = (entry->p_flags & PF_X) != 0;
  return 0;
}

error_t
load_plan (const struct load_header *header, const void *entries,
           uint64_t file_size, struct load_image *ret_image)
{
  struct load_image image = { .movable = header->movable,
                              .entry = header->entry,
                              .stack_executable = true };
  Elf64_Phdr entry;
  error_t err = 0;

  for (unsigned int i = 0; !err && i < header->entries; i++)
    {
      memcpy (&entry, (const char *)entries + i * sizeof entry, sizeof entry);
      err = plan_entry (&image, &entry, header, file_size);
    }
  if (err)
    return err;
  /* Page 0 stays empty, so that a null pointer is one.  */
  if (image.count == 0 || (image.low == 0 && !image.movable)
      || image.entry < image.low || image.entry >= image.high)
    return ENOEXEC;

  *ret_image = image;
  return 0;
}

error_t
load_move (struct load_image *image, uint64_t base)
{
  uint64_t size = image->high - image->low;
  uint64_t by = base - image->low; /* may wrap: sums come out right */

  if (!image->movable)
    return 0;
  if (base > LOAD_ADDRESS_MAX || size > LOAD_ADDRESS_MAX - base)
    return ENOEXEC;

  for (size_t i = 0; i < image->count; i++)
    image->pieces[i].address += by;
  image->low += by;
  image->high += by;
  image->entry += by;
  if (image->headers_size)
    image->headers += by;
  if (image->code_end)
    {
      image->code_start += by;
      image->code_end += by;
    }
  return 0;
}

uint64_t
load_interpreter_base (const struct load_image *program)
{
  const uint64_t step = 2 << 20; /* a page table of its own */

  if (program->high <= LOAD_INTERPRETER_BASE)
    return LOAD_INTERPRETER_BASE;
  return (program->high + step - 1) & ~(step - 1);
}

bool
load_overlap (const struct load_image *a, const struct load_image *b)
{
  return a->low < b->high && b->low < a->high;
}

uint64_t
load_stack_base (const struct load_image *program,
                 const struct load_image *interpreter)
{
  const struct load_image stack
      = { .low = LOAD_STACK_BASE - LOAD_PAGE,
          .high = LOAD_STACK_BASE + LOAD_STACK_SIZE };

  if (load_overlap (&stack, program)
      || (interpreter && load_overlap (&stack, interpreter)))
    return LOAD_STACK_BASE_HIGH;
  return LOAD_STACK_BASE;
}
