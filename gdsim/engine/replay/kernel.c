/* Plays recorded calls back: NumPy's own inner loops, one after another, without Python between.
 *
 * An operation is a loop and where its arguments lie. An argument lies `offset` bytes into a
 * stream, memory that moves on by the stream's stride from one step to the next (stream 0 is all
 * memory, and does not move). README.md beside this file tells how operations are made.
 */
#include <stdint.h>

#if defined(_WIN32)
#define SHOWN __declspec(dllexport)
#else
#define SHOWN __attribute__((visibility("default")))
#endif

enum { ARGUMENTS = 4, SIZES = 6, STRIDES = 12 };

typedef void (*Loop)(char **arguments, const intptr_t *sizes, const intptr_t *strides, void *data);

typedef struct {
    Loop loop;
    void *data;
    intptr_t count;                 /* of arguments */
    intptr_t size[SIZES];           /* round, round, and what the loop itself takes */
    intptr_t outer[ARGUMENTS], middle[ARGUMENTS], inner[STRIDES];
    intptr_t stream[ARGUMENTS], offset[ARGUMENTS];
} Operation;

SHOWN intptr_t gdsim_size_of_operation(void) { return (intptr_t)sizeof(Operation); }

/* Make `steps` steps from `first` on. */
SHOWN void gdsim_play(const Operation *operations, intptr_t count, intptr_t first, intptr_t steps,
                      char *const *bases, const intptr_t *strides) {
    for (intptr_t step = first; step < first + steps; step++)
        for (const Operation *one = operations; one < operations + count; one++) {
            char *begin[ARGUMENTS], *at[ARGUMENTS];
            for (intptr_t a = 0; a < one->count; a++)
                begin[a] = bases[one->stream[a]] + one->offset[a] + step * strides[one->stream[a]];
            for (intptr_t i = 0; i < one->size[0]; i++)
                for (intptr_t j = 0; j < one->size[1]; j++) {
                    for (intptr_t a = 0; a < one->count; a++)
                        at[a] = begin[a] + i * one->outer[a] + j * one->middle[a];
                    one->loop(at, &one->size[2], one->inner, one->data);
                }
        }
}

/* What NumPy has no inner loop for, in the same form. */

static const double *read(char **arguments, const intptr_t *strides, int which, intptr_t i) {
    return (const double *)(arguments[which] + i * strides[which]);
}

static double *written(char **arguments, const intptr_t *strides, int which, intptr_t i) {
    return (double *)(arguments[which] + i * strides[which]);
}

SHOWN void gdsim_copy(char **arguments, const intptr_t *sizes, const intptr_t *strides, void *data) {
    (void)data;
    for (intptr_t i = 0; i < sizes[0]; i++)
        *written(arguments, strides, 1, i) = *read(arguments, strides, 0, i);
}

/* Where the first is true the second, else the third. */
SHOWN void gdsim_select(char **arguments, const intptr_t *sizes, const intptr_t *strides,
                        void *data) {
    (void)data;
    for (intptr_t i = 0; i < sizes[0]; i++) {
        int which = *(arguments[0] + i * strides[0]) ? 1 : 2;
        *written(arguments, strides, 3, i) = *read(arguments, strides, which, i);
    }
}

typedef struct {
    const char *numbers;
    intptr_t count, stride;
} Table;

/* The number of a table at a place that is itself a number; places below 0 count from the end. */
SHOWN void gdsim_pick(char **arguments, const intptr_t *sizes, const intptr_t *strides, void *data) {
    const Table *table = data;
    for (intptr_t i = 0; i < sizes[0]; i++) {
        intptr_t place = (intptr_t)*read(arguments, strides, 0, i);
        if (place < 0) place += table->count;
        if (place < 0 || place >= table->count) place = 0; /* no index of a batch is */
        *written(arguments, strides, 1, i) =
            *(const double *)(table->numbers + place * table->stride);
    }
}
