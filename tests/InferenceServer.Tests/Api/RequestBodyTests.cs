using LeNetServe.InferenceServer.Api;
using Microsoft.AspNetCore.Http;

namespace LeNetServe.InferenceServer.Tests.Api;

public sealed class RequestBodyTests
{
    [Fact]
    public async Task ReadAsync_MuchAnnouncedAndLittleSent_TakesMemoryAsItComes()
    {
        await using var body = new Sent([1, 2, 3]);
        var context = new DefaultHttpContext { Request = { Body = body, ContentLength = 4 << 20 } };

        var read = await RequestBody.ReadAsync(context.Request, 4 << 20);

        Assert.Equal([1, 2, 3], read.ToArray());
        Assert.InRange(body.LargestBuffer, 1, 64 * 1024);
    }

    private sealed class Sent(byte[] bytes) : MemoryStream(bytes)
    {
        public int LargestBuffer { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            LargestBuffer = Math.Max(LargestBuffer, buffer.Length);
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
