using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Optimization;

/// <summary>
/// Newton–Schulz steps of several matrices at once, x ← 3.4445·x + (−4.775·a + 2.0315·a²)·x with a = x·xᵀ, on several
/// threads. A thread computes bands of eight rows; no value depends on the number of threads. Half of a is computed: a is symmetric.
/// </summary>
internal sealed unsafe class NewtonSchulz : IDisposable
{
    private readonly Iterate[] matrices;
    private readonly (Iterate Matrix, int Row)[] small;
    private readonly (Iterate Matrix, int Row)[] large;

    /// <param name="shapes">Rows and columns of the matrices.</param>
    public NewtonSchulz(IEnumerable<(int Rows, int Columns)> shapes)
    {
        matrices = [.. shapes.Select(shape => new Iterate(shape.Rows, shape.Columns))];
        small = [.. matrices.SelectMany(matrix => Bands(matrix, matrix.Small))];
        large = [.. matrices.SelectMany(matrix => Bands(matrix, matrix.Large))];
    }

    /// <summary>Makes matrices nearly orthogonal.</summary>
    /// <param name="values">Addresses of the matrices, in the order of their shapes; they are overwritten.</param>
    /// <param name="norms">Numbers to divide them by first, so that no singular value is above 1.</param>
    /// <param name="threads">Threads to compute with; null: the caller's alone.</param>
    public void Apply(nint[] values, float[] norms, SliceThreads? threads)
    {
        for (var number = 0; number < matrices.Length; number++)
        {
            matrices[number].Values = (float*)values[number];
            matrices[number].Norm = norms[number];
        }
        Run(large, (matrix, row) => matrix.Load(row));
        for (var step = 0; step < 5; step++)
        {
            Run(small, (matrix, row) => matrix.Square(row));
            Run(small, (matrix, row) => matrix.Combine(row));
            Run(large, (matrix, row) => matrix.Advance(row));
            foreach (var matrix in matrices)
                matrix.Swap();
        }
        Run(large, (matrix, row) => matrix.Store(row));

        void Run((Iterate Matrix, int Row)[] bands, Action<Iterate, int> work)
        {
            if (threads is not null)
                threads.Run(bands.Length, band => work(bands[band].Matrix, bands[band].Row));
            else
                foreach (var (matrix, row) in bands)
                    work(matrix, row);
        }
    }

    public void Dispose()
    {
        foreach (var matrix in matrices)
            matrix.Dispose();
    }

    private static IEnumerable<(Iterate Matrix, int Row)> Bands(Iterate matrix, int rows) =>
        Enumerable.Range(0, (rows + MatrixLanes.Rows - 1) / MatrixLanes.Rows).Select(band => (matrix, band * MatrixLanes.Rows));

    /// <summary>One matrix, x. Its transpose is kept, large×small: both products then read whole rows.</summary>
    private sealed class Iterate : IDisposable
    {
        private readonly int down;
        private readonly int right;
        private readonly int stride;
        private readonly AlignedMemory<float> square;
        private readonly AlignedMemory<float> polynomial;
        private AlignedMemory<float> x;
        private AlignedMemory<float> next;

        public Iterate(int rows, int columns)
        {
            (Small, Large) = (Math.Min(rows, columns), Math.Max(rows, columns));
            (down, right) = rows > columns ? (columns, 1) : (1, columns);
            stride = MatrixLanes.Stride(Small);
            square = new(stride * stride);
            polynomial = new(stride * stride);
            x = new((Large + MatrixLanes.Rows) * stride);
            next = new((Large + MatrixLanes.Rows) * stride);
        }

        public int Small { get; }

        public int Large { get; }

        public float* Values { get; set; }

        public float Norm { get; set; }

        public void Load(int first)
        {
            for (var row = first; row < Math.Min(first + MatrixLanes.Rows, Large); row++)
            {
                var to = x.Pointer + (row * stride);
                for (var column = 0; column < Small; column++)
                    to[column] = Values[(row * down) + (column * right)];
                TensorPrimitives.Divide(new ReadOnlySpan<float>(to, Small), Norm, new Span<float>(to, Small));
            }
        }

        /// <summary>
        /// x·xᵀ, from the square at the diagonal on; the values beyond the square are mirrored. Bands do not cross squares, so no two
        /// threads write the same value. The columns of x are taken by the block that the cache holds.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Square(int row)
        {
            const int Block = 64;
            var first = row / MatrixLanes.Square * MatrixLanes.Square;
            var output = square.Pointer + (row * stride);
            for (var from = 0; from < Large; from += Block)
                MatrixLanes.Multiply(
                    MatrixLanes.Rows, Small - first, Math.Min(Block, Large - from), x.Pointer + (from * stride) + row, 1, stride,
                    x.Pointer + (from * stride) + first, stride, output + first, stride, add: from > 0);
            for (var column = first + MatrixLanes.Square; column < Small; column++)
                for (var below = 0; below < MatrixLanes.Rows; below++)
                    square.Pointer[(column * stride) + row + below] = output[(below * stride) + column];
        }

        public void Combine(int row)
        {
            Multiply(square, row, square, polynomial);
            Add(polynomial, row, polynomial, 2.0315f, square, -4.7750f);
        }

        public void Advance(int row)
        {
            Multiply(x, row, polynomial, next);
            Add(next, row, x, 3.4445f, next, 1);
        }

        public void Swap() => (x, next) = (next, x);

        public void Store(int first)
        {
            for (var row = first; row < Math.Min(first + MatrixLanes.Rows, Large); row++)
                for (var column = 0; column < Small; column++)
                    Values[(row * down) + (column * right)] = x.Pointer[(row * stride) + column];
        }

        public void Dispose()
        {
            foreach (var memory in (IDisposable[])[square, polynomial, x, next])
                memory.Dispose();
        }

        private void Multiply(AlignedMemory<float> left, int row, AlignedMemory<float> symmetric, AlignedMemory<float> product) =>
            MatrixLanes.Multiply(
                MatrixLanes.Rows, Small, Small, left.Pointer + (row * stride), stride, 1, symmetric.Pointer, stride,
                product.Pointer + (row * stride), stride);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Add(
            AlignedMemory<float> to, int row, AlignedMemory<float> first, float factor, AlignedMemory<float> second, float secondFactor)
        {
            for (var at = row * stride; at < (row + MatrixLanes.Rows) * stride; at += Vector512<float>.Count)
                Vector512.FusedMultiplyAdd(
                    Vector512.Load(first.Pointer + at), Vector512.Create(factor), Vector512.Load(second.Pointer + at) * secondFactor)
                    .Store(to.Pointer + at);
        }
    }
}
