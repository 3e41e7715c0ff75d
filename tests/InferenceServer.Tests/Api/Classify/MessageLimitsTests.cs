using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Inference;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Tests.Fuzz;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;
using InferInputTensor = Inference.ModelInferRequest.Types.InferInputTensor;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

public sealed class MessageLimitsTests
{
    private static readonly LimitOptions Limits = new() { MaxBatch = 1024, MaxRequestPixels = 100 };

    public static TheoryData<string, Func<int, IMessage>> Lists => new()
    {
        { "images", count => new ClassifyBatchRequest { Images = { Enumerable.Repeat(new Image(), count) } } },
        { "layers", count => new ExplainRequest { Layers = { Enumerable.Repeat("", count) } } },
        { "inputs", count => new ModelInferRequest { Inputs = { Enumerable.Repeat(new InferInputTensor(), count) } } },
        {
            "inputs with a parameter each",
            count => new ModelInferRequest
            {
                Inputs = { Enumerable.Repeat(new InferInputTensor { Parameters = { ["a"] = new() } }, (count + 1) / 2) },
            }
        },
        { "raw contents", count => new ModelInferRequest { RawInputContents = { Enumerable.Repeat(ByteString.Empty, count) } } },
        {
            "contents of bytes",
            count => new ModelInferRequest
            {
                Inputs =
                {
                    new InferInputTensor { Contents = new() { BytesContents = { Enumerable.Repeat(ByteString.Empty, count - 1) } } },
                },
            }
        },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Check_MoreElementsThanAllowed_IsRejectedBeforeTheyAreObjects(string what, Func<int, IMessage> create)
    {
        Assert.NotEmpty(what);
        var large = create(200_000);
        var (bytes, limits) = (large.ToByteArray(), new MessageLimits(large.Descriptor, Limits));
        limits.Check(new(create(2048).ToByteArray()));
        Assert.Throws<InferenceException>(() => limits.Check(new(create(2050).ToByteArray())));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Assert.Throws<InferenceException>(() => limits.Check(new(bytes)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(InferenceErrorKind.TooLarge, exception.Kind);
        Assert.Contains("expected at most 1024 images (Limits:MaxBatch) and 1024 others", exception.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(4096)]
    public void Check_PixelsOfHeadersInSegmentsOfAnySize_AreAddedUp(int segment)
    {
        // Each picture has 4×4 pixels.
        Assert.Null(Found(6, segment));
        Assert.Equal(
            "the headers of the first 7 images say 112 pixels, expected at most 100 in one request; "
            + "send less or smaller pictures, or start the server with a larger --Limits:MaxRequestPixels",
            Found(7, segment));
    }

    [Fact]
    public void Check_PictureBeforeRawPixelsInOneImage_DoesNotCount()
    {
        // The parser keeps the last source of an image.
        byte[] image = [.. Pictures.Stripe(1).ToByteArray(), .. new Image { Pixels = ByteString.Empty }.ToByteArray()];
        Assert.Equal(Image.SourceOneofCase.Pixels, Image.Parser.ParseFrom(image).SourceCase);
        byte[] batch = [.. Enumerable.Repeat<byte[]>([0x1a, (byte)image.Length, .. image], 50).SelectMany(part => part)];
        Assert.True(image.Length < 128);

        new MessageLimits(ClassifyBatchRequest.Descriptor, Limits).Check(new(batch));

        Assert.Equal(50, ClassifyBatchRequest.Parser.ParseFrom(batch).Images.Count);
    }

    [Fact]
    public void Check_MutatedBytes_AreRejectedOrLeftToTheParser()
    {
        var random = new Random(1);
        foreach (var message in Lists.Select(row => row.Data.Item2(40)))
        {
            var (bytes, limits) = (message.ToByteArray(), new MessageLimits(message.Descriptor, Limits));
            for (var index = 0; index < 2_000; index++)
            {
                var exception = Record.Exception(() => limits.Check(new(Mutation.Of(random, bytes))));
                Assert.True(exception is null or InferenceException, $"{exception}");
            }
        }
    }

    [Fact]
    public void HasLists_RequestsOfOneImage_HaveNone()
    {
        Assert.False(Has(ClassifyRequest.Descriptor));
        Assert.False(Has(ClassifyStreamRequest.Descriptor));
        Assert.True(Has(ClassifyBatchRequest.Descriptor));
        Assert.True(Has(ModelInferRequest.Descriptor));

        static bool Has(MessageDescriptor message) => new MessageLimits(message, Limits).HasLists;
    }

    private static string? Found(int images, int segment)
    {
        var batch = new ClassifyBatchRequest { Model = "tiny", Images = { Enumerable.Repeat(Pictures.Stripe(1), images) } };
        var limits = new MessageLimits(ClassifyBatchRequest.Descriptor, Limits);
        return Record.Exception(() => limits.Check(Segment.Of(batch.ToByteArray(), segment)))?.Message;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Of(byte[] bytes, int size)
        {
            var first = new Segment { Memory = bytes.AsMemory(0, Math.Min(size, bytes.Length)) };
            var last = first;
            for (var index = size; index < bytes.Length; index += size)
            {
                var next = new Segment { Memory = bytes.AsMemory(index, Math.Min(size, bytes.Length - index)), RunningIndex = index };
                last.Next = next;
                last = next;
            }
            return new(first, 0, last, last.Memory.Length);
        }
    }
}
