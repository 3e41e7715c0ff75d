using System.Text;
using LeNetServe.Files;

namespace LeNetServe.Tests.Files;

public sealed class SystemFilesTests
{
    [Theory]
    [InlineData("._1.png", true)]
    [InlineData(".hidden.png", true)]
    [InlineData(".Trash-1000", true)]
    [InlineData("...", true)]
    [InlineData("__MACOSX", true)]
    [InlineData("@eaDir", true)]
    [InlineData("thumbs.DB", true)]
    [InlineData("1.png", false)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("_MACOSX", false)]
    [InlineData("a.b", false)]
    public void Owns_Name_TellsWhetherASystemLeftIt(string name, bool expected)
    {
        Assert.Equal(expected, SystemFiles.Owns(name));
        Assert.Equal(expected, SystemFiles.Owns(Encoding.UTF8.GetBytes(name)));
    }

    [Theory]
    [InlineData("7/._1.png", true)]
    [InlineData("@eaDir/7/1.png", true)]
    [InlineData("a/../b.png", false)]
    [InlineData("7/1.png", false)]
    public void OwnsPartOf_Path_LooksAtEveryPart(string path, bool expected) =>
        Assert.Equal(expected, SystemFiles.OwnsPartOf(Encoding.UTF8.GetBytes(path)));
}
